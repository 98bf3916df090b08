/* A folder like a mounted cloud drive, for processes that load this library first (LD_PRELOAD).

Below the folder that LIMITED_FOLDER names
- files cannot be locked: flock, lockf and fcntl's locks fail, as where a file system has none
- there are no symbolic links, hard links, devices or pipes: making one fails
- permissions are fixed (files 0600, folders 0700), and changes of them and of owners are ignored
- times are whole multiples of STEP seconds, rounded up and AHEAD seconds later than the machine's clock says

Everything else is passed on. A program that makes system calls without the C library is not limited.
*/

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define STEP 2
#define AHEAD 3

#define PASS_ON(name, ...) ((__typeof__(&name)) found(&name##_passed_on, #name))(__VA_ARGS__)
#define REAL(name) static void *name##_passed_on

static void *found(void **place, const char *name) {
    if (!*place) *place = dlsym(RTLD_NEXT, name);
    return *place;
}

REAL(flock);
REAL(lockf);
REAL(fcntl);
REAL(symlinkat);
REAL(linkat);
REAL(mknodat);
REAL(mkfifoat);
REAL(fchmodat);
REAL(fchmod);
REAL(fchownat);
REAL(fchown);
REAL(fstatat);
REAL(fstat);
REAL(statx);

/* --- which files are in the folder ------------------------------------------------------------------ */

static int path_is_inside(const char *path) {
    const char *folder = getenv("LIMITED_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int is_inside(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return path_is_inside(path);
}

/* flags: AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH, as fstatat takes them. */
static int is_inside_at(int folder, const char *path, int flags) {
    if (!getenv("LIMITED_FOLDER") || !path) return 0;
    if ((flags & AT_EMPTY_PATH) && !*path) return is_inside(folder);
    int before = errno;
    int file = openat(folder, path, O_PATH | O_CLOEXEC | (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0));
    int inside = file >= 0 && is_inside(file);
    if (file >= 0) close(file);
    errno = before;
    return inside;
}

/* For a name that does not exist yet. */
static int parent_is_inside(int folder, const char *path) {
    char parent[PATH_MAX];
    if (!path || strlen(path) >= sizeof parent) return 0;
    strcpy(parent, path);
    char *slash = strrchr(parent, '/');
    if (!slash) return is_inside_at(folder, ".", 0);
    slash[slash == parent] = 0;
    return is_inside_at(folder, parent, 0);
}

static int refuse(int error) {
    errno = error;
    return -1;
}

/* --- no locks --------------------------------------------------------------------------------------- */

int flock(int file, int operation) {
    return is_inside(file) ? refuse(ENOTSUP) : PASS_ON(flock, file, operation);
}

int lockf(int file, int operation, off_t length) {
    return is_inside(file) ? refuse(ENOLCK) : PASS_ON(lockf, file, operation, length);
}

int lockf64(int file, int operation, off64_t length) {
    return lockf(file, operation, length);
}

static int asks_for_a_lock(int command) {
    return command == F_GETLK || command == F_SETLK || command == F_SETLKW || command == F_OFD_GETLK ||
           command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

int fcntl(int file, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (asks_for_a_lock(command) && is_inside(file)) return refuse(ENOLCK);
    return PASS_ON(fcntl, file, command, argument);
}

int fcntl64(int file, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return fcntl(file, command, argument);
}

/* --- no links and nothing but files and folders ------------------------------------------------------ */

int symlinkat(const char *target, int folder, const char *path) {
    return parent_is_inside(folder, path) ? refuse(ENOTSUP) : PASS_ON(symlinkat, target, folder, path);
}

int symlink(const char *target, const char *path) {
    return symlinkat(target, AT_FDCWD, path);
}

int linkat(int old_folder, const char *old, int new_folder, const char *new, int flags) {
    if (parent_is_inside(new_folder, new)) return refuse(ENOTSUP);
    return PASS_ON(linkat, old_folder, old, new_folder, new, flags);
}

int link(const char *old, const char *new) {
    return linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int mknodat(int folder, const char *path, mode_t mode, dev_t device) {
    if (!S_ISREG(mode) && parent_is_inside(folder, path)) return refuse(ENOTSUP);
    return PASS_ON(mknodat, folder, path, mode, device);
}

int mknod(const char *path, mode_t mode, dev_t device) {
    return mknodat(AT_FDCWD, path, mode, device);
}

int mkfifoat(int folder, const char *path, mode_t mode) {
    return parent_is_inside(folder, path) ? refuse(ENOTSUP) : PASS_ON(mkfifoat, folder, path, mode);
}

int mkfifo(const char *path, mode_t mode) {
    return mkfifoat(AT_FDCWD, path, mode);
}

/* --- fixed permissions and owners --------------------------------------------------------------------- */

int fchmodat(int folder, const char *path, mode_t mode, int flags) {
    return is_inside_at(folder, path, flags) ? 0 : PASS_ON(fchmodat, folder, path, mode, flags);
}

int chmod(const char *path, mode_t mode) {
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int lchmod(const char *path, mode_t mode) {
    return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);
}

int fchmod(int file, mode_t mode) {
    return is_inside(file) ? 0 : PASS_ON(fchmod, file, mode);
}

int fchownat(int folder, const char *path, uid_t owner, gid_t group, int flags) {
    return is_inside_at(folder, path, flags) ? 0 : PASS_ON(fchownat, folder, path, owner, group, flags);
}

int chown(const char *path, uid_t owner, gid_t group) {
    return fchownat(AT_FDCWD, path, owner, group, 0);
}

int lchown(const char *path, uid_t owner, gid_t group) {
    return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int file, uid_t owner, gid_t group) {
    return is_inside(file) ? 0 : PASS_ON(fchown, file, owner, group);
}

/* --- rounded times and fixed permissions, as stat gives them ------------------------------------------ */

static time_t later(time_t seconds, long nanoseconds) {
    seconds += AHEAD + (nanoseconds > 0);
    return (seconds + STEP - 1) / STEP * STEP;
}

static mode_t fixed(mode_t mode) {
    return (mode & S_IFMT) | (S_ISDIR(mode) ? 0700 : 0600);
}

static int altered(int result, struct stat *about, int inside) {
    if (result == 0 && inside) {
        struct timespec *times[] = {&about->st_atim, &about->st_mtim, &about->st_ctim};
        for (int i = 0; i < 3; i++) *times[i] = (struct timespec){later(times[i]->tv_sec, times[i]->tv_nsec), 0};
        about->st_mode = fixed(about->st_mode);
    }
    return result;
}

int fstatat(int folder, const char *restrict path, struct stat *restrict about, int flags) {
    int result = PASS_ON(fstatat, folder, path, about, flags);
    return altered(result, about, result == 0 && is_inside_at(folder, path, flags));
}

int stat(const char *restrict path, struct stat *restrict about) {
    return fstatat(AT_FDCWD, path, about, 0);
}

int lstat(const char *restrict path, struct stat *restrict about) {
    return fstatat(AT_FDCWD, path, about, AT_SYMLINK_NOFOLLOW);
}

int fstat(int file, struct stat *about) {
    return altered(PASS_ON(fstat, file, about), about, getenv("LIMITED_FOLDER") && is_inside(file));
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict about) {
    int result = PASS_ON(statx, folder, path, flags, mask, about);
    if (result == 0 && is_inside_at(folder, path, flags & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))) {
        struct statx_timestamp *times[] = {&about->stx_atime, &about->stx_mtime, &about->stx_ctime, &about->stx_btime};
        for (int i = 0; i < 4; i++) {
            times[i]->tv_sec = later(times[i]->tv_sec, times[i]->tv_nsec);
            times[i]->tv_nsec = 0;
        }
        about->stx_mode = fixed(about->stx_mode);
    }
    return result;
}

/* The same calls under the names that programs built for files of more than 2 GB, and older programs, have for them.
On the 64-bit machines that this is for, struct stat64 is struct stat. */

_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "a 64-bit machine");

int fstatat64(int folder, const char *restrict path, struct stat64 *restrict about, int flags) {
    return fstatat(folder, path, (struct stat *) about, flags);
}

int stat64(const char *restrict path, struct stat64 *restrict about) {
    return stat(path, (struct stat *) about);
}

int lstat64(const char *restrict path, struct stat64 *restrict about) {
    return lstat(path, (struct stat *) about);
}

int fstat64(int file, struct stat64 *about) {
    return fstat(file, (struct stat *) about);
}

int __xstat(int version, const char *path, struct stat *about) {
    return stat(path, about);
}

int __lxstat(int version, const char *path, struct stat *about) {
    return lstat(path, about);
}

int __fxstat(int version, int file, struct stat *about) {
    return fstat(file, about);
}

int __fxstatat(int version, int folder, const char *path, struct stat *about, int flags) {
    return fstatat(folder, path, about, flags);
}

int __xstat64(int version, const char *path, struct stat64 *about) {
    return stat64(path, about);
}

int __lxstat64(int version, const char *path, struct stat64 *about) {
    return lstat64(path, about);
}

int __fxstat64(int version, int file, struct stat64 *about) {
    return fstat64(file, about);
}

int __fxstatat64(int version, int folder, const char *path, struct stat64 *about, int flags) {
    return fstatat64(folder, path, about, flags);
}
