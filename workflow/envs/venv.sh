#!/bin/sh
# The environment of `make`. The Makefile calls this in the checkout's folder, with VENV, GPU, PYTHON and PYTHONS set.
#
#   venv.sh install         set the environment up, or bring it up to date: for targets that work
#   venv.sh install LOCK    and have what a further lock file adds: for targets that check
#   venv.sh need MODULE     use what is there, and change nothing: for targets that only read
#   venv.sh clean           remove it, if Easel made it for this checkout
#
# Packages are only ever added. Nothing is removed but environments that Easel made, which MADE says: by `clean`, and
# by `install` if such an environment was moved or its Python is gone, as it cannot be used then.
set -eu

MADE=$VENV/.made-by-easel # the environment's own path; missing where somebody else made it
STAMP=$VENV/.installed    # a line each: the lock file and its checksum; the checkout and pyproject.toml's checksum; the
#                           further lock file and its checksum, or nothing
PY=$VENV/bin/python
HERE=$(pwd -P)
CPU=requirements.txt
CUDA=requirements-gpu.txt
TOOLS=requirements-dev.txt # has the hashes of uv

fail() {
	echo "Easel: $*" >&2
	exit 1
}

# The command with the VENV that was asked for, to be copied from a message.
command_for() {
	if [ "$VENV" = .venv ]; then echo "make $1"; else echo "make $1 VENV=\"$VENV\""; fi
}

# Refuse a VENV that is something else than an environment, or nothing yet.
check_venv() {
	case $VENV in
	"" | -* | "~"*) fail "VENV should be a folder, such as VENV=/path/to/venv, not VENV=$VENV" ;;
	esac
	if [ -L "$VENV" ] && [ ! -e "$VENV" ]; then
		fail "$VENV is a link to something that does not exist: make that folder, or remove the link"
	elif [ -e "$VENV" ] && [ ! -d "$VENV" ]; then
		fail "$VENV is a file; VENV should be a folder"
	elif [ -d "$VENV" ] && [ -n "$(ls -A "$VENV")" ] && ! exists; then
		fail "$VENV has files in it and is no virtual environment: name another folder, VENV=/path/to/venv"
	fi
}

exists() { [ -e "$VENV/pyvenv.cfg" ] || [ -e "$MADE" ]; }
runs() { "$PY" -c "" 2>/dev/null; }
moved() { [ "$(cat "$MADE")" != "$(cd "$VENV" && pwd -P)" ]; }

install() {
	check_venv
	read_stamp
	choose_lock
	if ! exists; then
		make_venv
	elif [ -e "$MADE" ]; then
		if ! runs || moved; then make_venv --clear; fi
	elif ! runs; then
		fail "the Python of $VENV does not run, and it is not Easel's to repair: repair it, or name another folder with VENV="
	fi
	packages="$lock $(cksum <"$lock")"
	checkout="$HERE $(cksum <pyproject.toml)"
	if [ "$installed" != "$packages" ]; then
		check_python
		installed="$lock, unfinished" further=""
		add_packages "$lock"
		installed=$packages
		add_checkout
	elif [ "$serves" != "$checkout" ]; then
		add_checkout
	fi
	if [ $# -gt 0 ] && [ "$further" != "$1 $(cksum <"$1")" ]; then
		further=""
		add_packages "$1"
		further="$1 $(cksum <"$1")"
		write_stamp
	fi
}

# What STAMP says: `installed`, `serves` and `further`, empty where it says nothing.
read_stamp() {
	installed="" serves="" further=""
	if [ -e "$STAMP" ]; then { IFS= read -r installed && IFS= read -r serves && IFS= read -r further; } <"$STAMP" || :; fi
}
write_stamp() { printf '%s\n' "$installed" "$serves" "$further" >"$STAMP"; }

# Which build of TensorFlow: what GPU= asks for, what there is already, or what suits this machine.
choose_lock() {
	guessed=""
	case $GPU in
	1) lock=$CUDA ;;
	0) lock=$CPU ;;
	"") case $installed in
		"$CUDA"*) lock=$CUDA ;;
		"$CPU"*) lock=$CPU ;;
		*)
			if nvidia-smi -L >/dev/null 2>&1; then
				lock=$CUDA
			else
				lock=$CPU
				guessed=1
			fi
			;;
		esac ;;
	*) fail "GPU should be 1 (TensorFlow's GPU build) or 0, not GPU=$GPU" ;;
	esac
}

# Refuse an environment of somebody else's whose Python or pip cannot take the packages.
check_python() {
	version=$(version_of "$PY")
	case " $PYTHONS " in
	*" $version "*) ;;
	*) fail "$VENV has Python $version; Easel needs Python 3.11, 3.12 or 3.13" ;;
	esac
	"$PY" -m pip --version >/dev/null 2>&1 && return
	[ -e "$MADE" ] || fail "$VENV has no pip: $PY -m ensurepip"
	make_venv --clear # its making was interrupted
}

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

add_packages() {
	echo "Easel: installing the packages of $1 into $VENV; the first time takes about a minute ..."
	[ -z "$guessed" ] || echo "Easel: nvidia-smi lists no GPU here; for TensorFlow's GPU build: $(command_for install) GPU=1"
	guessed=""
	write_stamp # without these packages, so that an interruption is noticed
	add --require-hashes --requirement "$1"
}

add_checkout() {
	case $serves in
	"$HERE "* | "") ;;
	*) echo "Easel: $VENV served the checkout ${serves% * *}; from now on it serves this one" ;;
	esac
	serves=""
	write_stamp
	add --no-deps --no-build-isolation --editable .
	serves=$checkout
	write_stamp
}

# uv installs several times as fast as pip, which does it where uv cannot be had, or fails.
add() {
	if has_uv; then
		index=$(index_of_pip)
		"$PY" -m uv --quiet pip install --python "$PY" --compile-bytecode ${index:+"--default-index=$index"} "$@" && return
		echo "Easel: uv could not install the packages, and says why above; now pip tries"
	fi
	"$PY" -m pip --quiet --quiet --disable-pip-version-check install "$@" \
		|| fail "the packages could not be installed; pip says why above. The same command tries again."
}

# The uv of VENV, put there first if need be: that of TOOLS, checked against its hash.
has_uv() {
	"$PY" -m uv --version >/dev/null 2>&1 && return
	sed -n '/^uv==/,/^    # via/p' "$TOOLS" | "$PY" -m pip --quiet --disable-pip-version-check --retries 1 install \
		--only-binary :all: --no-deps --require-hashes --requirement /dev/stdin >/dev/null 2>&1
}

# The mirror of PyPI in pip's settings, which uv does not read. pip lists its variables first, and they count most.
index_of_pip() {
	"$PY" -m pip config list 2>/dev/null \
		| sed -nE "/^(:env:|global|install)\.index-url=/{s/^[^=]*='(.*)'$/\1/p;q;}"
}

# Make VENV from the first usable Python, or say in one line what is missing. $1: --clear, or nothing.
make_venv() {
	bare="" old=""
	if [ -n "$PYTHON" ]; then
		set -- "${1-}" "$PYTHON"
	else
		set -- "${1-}" python3
		for version in $PYTHONS; do set -- "$@" "python$version"; done
	fi
	clear=$1
	shift
	for python; do
		version=$(version_of "$python") || continue
		case " $PYTHONS " in
		*" $version "*) ;;
		*) old="${old:+$old, }$python is $version" && continue ;;
		esac
		if "$python" -c "import ensurepip, venv" 2>/dev/null; then
			mkdir -p "$VENV" || fail "$VENV could not be made; see above"
			folder=$(cd "$VENV" && pwd -P)
			case $folder in # Python's own tools take these as separators and variables
			*[:\{\}$]*) fail "packages cannot be installed into $folder, because of a :, { or $ in its path: name another" \
				"folder, VENV=/path/to/venv" ;;
			esac
			echo "Easel: making $VENV from $python ($version)"
			echo "$folder" >"$MADE" || fail "$VENV could not be made; see above"
			"$python" -m venv $clear "$VENV" || fail "$VENV could not be made; Python says why above"
			echo "$folder" >"$MADE" # --clear took it
			installed="" serves="" further=""
			return
		fi
		bare="${bare:-$python ($version) has no module venv; on Debian and Ubuntu: apt install python$version-venv}"
	done
	none="no ${PYTHON:-python3} was found; on Debian and Ubuntu: apt install python3 python3-venv"
	echo "Easel needs Python 3.11, 3.12 or 3.13 with venv: ${bare:-${old:-$none}}." \
		"Another Python: make PYTHON=/path/to/python3 ..." >&2
	exit 1
}

need() {
	check_venv
	if ! exists; then
		install
		return
	fi
	runs || fail "the Python of $VENV does not run. To repair it: $(command_for install)"
	PYTHONPATH=workflow "$PY" -c "import $1" 2>/dev/null \
		|| fail "packages are missing in $VENV. To install them: $(command_for install)"
}

clean() {
	check_venv
	[ -e "$VENV" ] || return 0
	if [ ! -e "$MADE" ]; then
		if exists; then echo "Easel: $VENV stays, because Easel did not make it"; fi
		return 0
	fi
	read_stamp
	case $serves in
	"$HERE "* | "") ;;
	*) echo "Easel: $VENV stays, because it serves the checkout ${serves% * *}" && return ;;
	esac
	folder=$(cd "$VENV" && pwd -P)
	rm -rf "$folder"
	if [ -L "$VENV" ]; then mkdir "$folder"; fi # the link is the user's, and stays
}

"$@"
