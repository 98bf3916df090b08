#!/bin/sh
# The environment of `make`. The Makefile calls this in the checkout's folder, with VENV, GPU, PYTHON and PYTHONS set.
#
#   venv.sh install         set the environment up, or bring it up to date: for targets that work
#   venv.sh install LOCK    and have what a further lock file adds: for targets that check
#   venv.sh need MODULE     use what is there, and change nothing: for targets that only read
#   venv.sh clean           remove it, if Easel made it for this checkout
#
# An environment is only ever added to: jobs may be running from it, on this machine or on another. Nothing but `clean`
# removes one, and only one that Easel made, which MADE says.
set -eu

# What a host sets for its own Pythons, as notebook services and clusters' modules do, is not meant for this one, and the
# lock file alone says which packages it has.
unset PYTHONHOME PYTHONPATH PIP_CONSTRAINT PIP_PREFIX PIP_TARGET PIP_USER
unset UV_BUILD_CONSTRAINT UV_CONSTRAINT UV_OVERRIDE UV_PRERELEASE UV_SYSTEM_PYTHON

MADE=$VENV/.made-by-easel # the environment's own path; missing where somebody else made it
STAMP=$VENV/.installed    # a line each: the lock file and its checksum; the checkout and pyproject.toml's checksum; the
#                           further lock file and its checksum, or nothing
BUSY=$VENV/.being-changed # locked while a `make` changes the environment
PY=$VENV/bin/python
HERE=$(pwd -P)
CPU=requirements.txt
CUDA=requirements-gpu.txt
TOOLS=requirements-dev.txt      # has the hashes of pip and uv
WHEELS=/usr/share/python-wheels # where Debian keeps a pip for environments

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
	elif [ -d "$VENV" ] && ! is_empty && ! exists; then
		fail "$VENV has files in it and is no virtual environment: name another folder, VENV=/path/to/venv"
	fi
}

is_empty() { # BUSY is there before anything else
	case $(ls -A "$VENV") in "" | "${BUSY##*/}") ;; *) return 1 ;; esac
}
exists() { [ -e "$VENV/pyvenv.cfg" ] || is_ours; }
is_ours() { [ -e "$MADE" ]; }
runs() { "$PY" -c "" 2>/dev/null; }
has_pip() { "$PY" -m pip --version >/dev/null 2>&1; }

# Whether programs in VENV name a path at which it is no longer. The same folder may have several.
moved() {
	is_ours && made=$(cat "$MADE") && [ "$made" != "$(cd "$VENV" && pwd -P)" ] && [ ! "$made" -ef "$VENV" ]
}

install() {
	check_venv
	choose_build
	if is_current "$@"; then return; fi
	if ! exists; then find_python; fi # before there is a folder
	start_changing
	choose_build # another `make` may have installed one meanwhile
	if ! exists || { is_ours && [ ! -e "$STAMP" ] && ! runs; }; then # the latter: its making was interrupted
		make_venv
	elif moved; then
		fail "$VENV was made as $made, and its programs name that path. To make it again:" \
			"$(command_for clean), then the same command"
	fi
	check_runs
	if [ "$installed" != "$packages" ]; then
		check_python
		installed="$build, unfinished" further=""
		add_packages "$build"
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

is_current() {
	exists && ! moved && runs && [ "$installed" = "$packages" ] && [ "$serves" = "$checkout" ] || return
	[ $# = 0 ] || [ "$further" = "$1 $(cksum <"$1")" ]
}

# What STAMP says: `installed`, `serves` and `further`, empty where it says nothing.
read_stamp() {
	installed="" serves="" further=""
	if [ -e "$STAMP" ]; then { IFS= read -r installed && IFS= read -r serves && IFS= read -r further; } <"$STAMP" || :; fi
}
write_stamp() { printf '%s\n' "$installed" "$serves" "$further" >"$STAMP"; }

# Which build of TensorFlow: what GPU= asks for, what there is already, or what suits this machine. And what STAMP will
# say once it and this checkout are installed.
choose_build() {
	read_stamp
	guessed=""
	case $GPU in
	1) build=$CUDA ;;
	0) build=$CPU ;;
	"") case $installed in
		"$CUDA"*) build=$CUDA ;;
		"$CPU"*) build=$CPU ;;
		*)
			if nvidia-smi -L >/dev/null 2>&1; then
				build=$CUDA
			else
				build=$CPU
				guessed=1
			fi
			;;
		esac ;;
	*) fail "GPU should be 1 (TensorFlow's GPU build) or 0, not GPU=$GPU" ;;
	esac
	packages="$build $(cksum <"$build")"
	checkout="$HERE $(cksum <pyproject.toml)"
}

# Wait until no other `make` changes VENV, and keep others waiting until this script has ended, however it ends: the
# kernel holds the lock for the shell's file 9. Where the file system has no such locks, nobody waits.
start_changing() {
	while :; do
		mkdir -p "$VENV" || fail "$VENV could not be made; see above"
		[ -w "$VENV" ] || fail "$VENV cannot be written to"
		exec 9>>"$BUSY"
		for locker in "$PY" ${PYTHON:+"$PYTHON"} python3; do
			status=0
			lock_with "$locker" || status=$?
			case $status in
			0) return ;;
			75) continue 2 ;; # `clean` removed BUSY meanwhile
			esac
		done
		return
	done
}
lock_with() {
	"$1" -c '
import fcntl, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
venv, busy = sys.argv[1:]
try:
    try:
        fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Easel: another make is changing {venv}; waiting for it ...", flush=True)
        fcntl.flock(9, fcntl.LOCK_EX)
except OSError:
    sys.exit(0)
sys.exit(0 if os.path.exists(busy) and os.path.samestat(os.stat(busy), os.fstat(9)) else 75)
' "$VENV" "$BUSY" 2>/dev/null
}

check_runs() {
	if runs; then return; fi
	is_ours || fail "the Python of $VENV does not run, and it is not Easel's to repair: repair it, or name another folder" \
		"with VENV="
	fail "the Python of $VENV does not run here. Jobs on a machine where it runs may be using it; if it is gone for good:" \
		"$(command_for clean), then the same command"
}

# Refuse an environment of a Python that cannot take the packages, and give one without pip a pip.
check_python() {
	version=$(version_of "$PY")
	case " $PYTHONS " in
	*" $version "*) ;;
	*) fail "$VENV has Python $version; Easel needs Python 3.11, 3.12 or 3.13" ;;
	esac
	if has_pip || { "$PY" -m ensurepip >/dev/null 2>&1 && has_pip; } || put pip; then return; fi
	fail "$VENV has no pip, and none could be installed: ${said:-$NO_INSTALLER}"
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
	if has_own_uv; then
		settings=$("$PY" -m pip config list 2>/dev/null) || :
		index=$(in_settings index-url)
		cert=$(in_settings cert)
		if [ -n "$cert" ]; then export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"; fi
		"$PY" -m uv --quiet pip install --python "$PY" --compile-bytecode ${index:+"--default-index=$index"} "$@" && return
		echo "Easel: uv could not install the packages, and says why above; now pip tries"
	fi
	"$PY" -m pip --quiet --quiet --disable-pip-version-check install "$@" \
		|| fail "the packages could not be installed; pip says why above. The same command tries again."
}

# Whether VENV has a uv, which is put there first if need be; where it cannot be had, that is tried once.
has_own_uv() {
	if "$PY" -m uv --version >/dev/null 2>&1; then return; fi
	if [ -z "$no_uv" ] && put uv; then return; fi
	no_uv=1
	return 1
}
no_uv=""

# Install one package of TOOLS, checked against its hash, with an installer that works here; if none does, return false,
# and what the last one `said`.
put() {
	said=""
	pin=$(sed -n "/^$1==/,/^    # via/p" "$TOOLS")
	if has_uv && put_with uv_for "$PY"; then
		return
	elif has_pip; then
		put_with "$PY" -m pip
	else
		each_pip "$PY" put_with
	fi
}
put_with() {
	said=$(echo "$pin" | "$@" --quiet install --only-binary :all: --no-deps --require-hashes --requirement /dev/stdin 2>&1)
}

# One of pip's settings, which uv does not read. pip lists its variables first, and they count most.
in_settings() { echo "$settings" | sed -nE "/^(:env:|global|install)\.$1=/{s/^[^=]*='(.*)'$/\1/p;q;}"; }

# Call $2 with each pip of this machine that can install into the environment of the Python $1, which needs none itself;
# until a call succeeds.
each_pip() {
	for helper in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
		if "$helper" -m pip --python "$1" --version >/dev/null 2>&1 && "$2" "$helper" -m pip --python "$1"; then return; fi
	done
	for helper in pip pip3; do
		if "$helper" --python "$1" --version >/dev/null 2>&1 && "$2" "$helper" --python "$1"; then return; fi
	done
	for helper in "$WHEELS"/pip-*.whl; do
		if [ -e "$helper" ] && "$2" "$1" "$helper/pip"; then return; fi
	done
	return 1
}
NO_INSTALLER="there is no uv and no pip (22.3 or later) that could install one"

# Whether this machine has a uv; that of VENV is another.
has_uv() { uv --version >/dev/null 2>&1; }
uv_for() { # PYTHON --quiet install ..., as pip is called
	target=$1
	shift 3
	uv --quiet pip install --python "$target" "$@"
}

# Find the Python to make VENV from, or say in one line what is missing: its name in `python`, its `version`, and in
# `maker` what makes the environment. Debian's python3 has the module venv but no pip to put into environments (ensurepip,
# of the package python3-venv); others have neither.
find_python() {
	if [ -n "$maker" ]; then return; fi
	bare="" old=""
	if [ -n "$PYTHON" ]; then
		set -- "$PYTHON"
	else
		set -- python3
		for version in $PYTHONS; do set -- "$@" "python$version"; done
	fi
	for python; do
		version=$(version_of "$python") || continue
		case " $PYTHONS " in
		*" $version "*) ;;
		*) old="${old:+$old, }$python is $version" && continue ;;
		esac
		if "$python" -c "import ensurepip, venv" 2>/dev/null; then
			maker=venv
			return
		fi
		bare=${bare:-$python}
	done
	if [ -n "$bare" ]; then
		python=$bare version=$(version_of "$bare")
		if ! "$python" -c "import venv" 2>/dev/null; then
			maker=uv
			if has_uv; then return; fi
			missing="$python ($version) has no module venv"
		else
			maker="venv --without-pip"
			if has_uv || each_pip "$(command -v "$python")" :; then return; fi
			missing="$python ($version) has no ensurepip, and $NO_INSTALLER"
		fi
		missing="$missing; on Debian and Ubuntu: apt install python$version-venv"
	else
		missing="${old:-no ${PYTHON:-python3} was found; on Debian and Ubuntu: apt install python3 python3-venv}"
	fi
	echo "Easel needs Python 3.11, 3.12 or 3.13 with venv: $missing." \
		"Another Python: make PYTHON=/path/to/python3 ..." >&2
	exit 1
}

maker=""

# Make VENV, or finish its making.
make_venv() {
	find_python
	folder=$(cd "$VENV" && pwd -P)
	case $folder in # Python's own tools take these as separators and variables
	*[:\{\}$]*) fail "packages cannot be installed into $folder, because of a :, { or $ in its path: name another" \
		"folder, VENV=/path/to/venv" ;;
	esac
	echo "Easel: making $VENV from $python ($version)"
	echo "$folder" >"$MADE"
	case $maker in
	uv) uv --quiet venv --no-project --allow-existing --python "$(command -v "$python")" "$VENV" ;;
	*) "$python" -m $maker "$VENV" ;;
	esac || fail "$VENV could not be made; the reason stands above"
	installed="" serves="" further=""
}

need() {
	check_venv
	if ! exists; then
		install
		return
	fi
	check_runs
	PYTHONPATH=workflow "$PY" -c "import $1" 2>/dev/null \
		|| fail "packages are missing in $VENV. To install them: $(command_for install)"
}

clean() {
	check_venv
	[ -e "$VENV" ] || return 0
	if ! is_ours; then
		if exists; then echo "Easel: $VENV stays, because Easel did not make it"; fi
		return 0
	fi
	read_stamp
	served=${serves% * *} # nothing at that path once this checkout was renamed
	if [ "$served" != "$HERE" ] && [ -e "$served/workflow/envs/venv.sh" ] && ! moved; then
		echo "Easel: $VENV stays, because it serves the checkout $served"
		return
	fi
	start_changing
	folder=$(cd "$VENV" && pwd -P)
	rm -rf "$folder"
	if [ -L "$VENV" ]; then mkdir "$folder"; fi # the link is the user's, and stays
}

"$@"
