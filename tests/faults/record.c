/* Records what a process writes below one folder, for power.py: preloaded, it passes every call on and then logs it.
 *
 * TAIZHANG_RECORD_ROOT  the folder; TAIZHANG_RECORD_LOG  the log.
 * A record: u32 length of what follows · u8 kind · u64 a · u64 b · u64 c · name\0 · name\0 · data
 *
 *   W file offset 0          data written          T file size 0      cut or grown
 *   C folder file is_folder  name: made            M from to file     name, name: moved
 *   U folder 0 0             name: unlinked        S file is_folder 0 synced
 *   R file offset bytes      a range handed to the disk, without the file's length
 *   A 0 0 0                  data: what the program says of itself (writes to the descriptor of TAIZHANG_RECORD_SAY)
 *
 * Files and folders are named by inode. The ballast is left out: nothing is ever read from it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int log_fd = -1, say_fd = -1;
static char root[PATH_MAX];
static size_t root_len;

#define REAL(ret, name, ...) \
    static ret (*real)(__VA_ARGS__); \
    if (!real) real = (ret (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t raw_write(int fd, const void *data, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, data, n);
}

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("TAIZHANG_RECORD_ROOT"), *to = getenv("TAIZHANG_RECORD_LOG"), *say = getenv("TAIZHANG_RECORD_SAY");
    if (!where || !to) return;
    strncpy(root, where, sizeof root - 1);
    root_len = strlen(root);
    if (say) say_fd = atoi(say);
    REAL(int, "open", const char *, int, ...);
    log_fd = real(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static void all(const void *data, size_t n) {
    const char *p = data;
    while (n) {
        ssize_t done = raw_write(log_fd, p, n);
        if (done <= 0) abort();
        p += done; n -= done;
    }
}

static void note(char kind, uint64_t a, uint64_t b, uint64_t c, const char *x, const char *y, const void *data, size_t n) {
    char head[29 + 2 * (NAME_MAX + 1)];
    size_t at = 4;
    head[at++] = kind;
    memcpy(head + at, &a, 8); memcpy(head + at + 8, &b, 8); memcpy(head + at + 16, &c, 8);
    at += 24;
    at += strlen(strcpy(head + at, x)) + 1;
    at += strlen(strcpy(head + at, y)) + 1;
    uint32_t length = at - 4 + n;
    memcpy(head, &length, 4);
    all(head, at);
    all(data, n);
}

static int below(const char *path) {
    return log_fd >= 0 && !strncmp(path, root, root_len) && (path[root_len] == '/' || !path[root_len]);
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return 1;
}

static int ours(int fd) {
    char path[PATH_MAX];
    if (log_fd < 0 || !path_of(fd, path)) return 0;
    const char *deleted = strstr(path, " (deleted)");
    if (deleted) return 0;
    size_t n = strlen(path);
    return below(path) && !(n > 8 && !strcmp(path + n - 8, "/ballast"));
}

static uint64_t inode(int fd) { struct stat s; return fstat(fd, &s) ? 0 : s.st_ino; }
static uint64_t inode_of(const char *path) { struct stat s; return lstat(path, &s) ? 0 : s.st_ino; }

/* The whole path of a name below a folder's descriptor. */
static void full(int dir, const char *name, char *out) {
    if (name[0] == '/') { snprintf(out, PATH_MAX, "%s", name); return; }
    char base[PATH_MAX];
    if (dir == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; }
    else if (!path_of(dir, base)) base[0] = 0;
    snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, name);
}

static uint64_t parent(const char *path) {
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    char *slash = strrchr(copy, '/');
    if (!slash) return 0;
    *slash = 0;
    return inode_of(copy);
}

static const char *last(const char *path) { const char *slash = strrchr(path, '/'); return slash ? slash + 1 : path; }

static int opened(int dir, const char *name, int flags, mode_t mode) {
    REAL(int, "openat", int, const char *, int, ...);
    char path[PATH_MAX];
    full(dir, name, path);
    if (!below(path) || !strcmp(last(path), "ballast") || !(flags & (O_CREAT | O_TRUNC))) return real(dir, name, flags, mode);
    pthread_mutex_lock(&lock);
    int there = inode_of(path) != 0;
    int fd = real(dir, name, flags, mode);
    int e = errno;
    if (fd >= 0 && !there) note('C', parent(path), inode(fd), 0, last(path), "", "", 0);
    if (fd >= 0 && there && (flags & O_TRUNC)) note('T', inode(fd), 0, 0, "", "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return fd;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list v; va_start(v, flags); mode = va_arg(v, int); va_end(v); }
int open(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int openat(int dir, const char *name, int flags, ...) { MODE return opened(dir, name, flags, mode); }
int openat64(int dir, const char *name, int flags, ...) { MODE return opened(dir, name, flags, mode); }

ssize_t write(int fd, const void *data, size_t n) {
    if (log_fd >= 0 && fd == say_fd) { pthread_mutex_lock(&lock); note('A', 0, 0, 0, "", "", data, n); pthread_mutex_unlock(&lock); return raw_write(fd, data, n); }
    if (fd == log_fd || !ours(fd)) return raw_write(fd, data, n);
    pthread_mutex_lock(&lock);
    ssize_t done = raw_write(fd, data, n);
    int e = errno;
    if (done > 0) note('W', inode(fd), lseek(fd, 0, SEEK_CUR) - done, 0, "", "", data, done);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}

static ssize_t put(int fd, const void *data, size_t n, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    if (!ours(fd)) return real(fd, data, n, at);
    pthread_mutex_lock(&lock);
    ssize_t done = real(fd, data, n, at);
    int e = errno;
    if (done > 0) note('W', inode(fd), at, 0, "", "", data, done);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return put(fd, data, n, at); }
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { return put(fd, data, n, at); }

/* Copies between files are logged as writes of what came to stand there; in pieces, so that memory stays small. */
ssize_t copy_file_range(int in, off64_t *at_in, int out, off64_t *at_out, size_t n, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    if (!ours(out)) return real(in, at_in, out, at_out, n, flags);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int out, int in, off_t *at, size_t n) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    if (!ours(out)) return real(out, in, at, n);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile64(int out, int in, off64_t *at, size_t n) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    if (!ours(out)) return real(out, in, at, n);
    errno = ENOSYS;
    return -1;
}

static int cut(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    if (!ours(fd)) return real(fd, size);
    pthread_mutex_lock(&lock);
    int done = real(fd, size), e = errno;
    if (!done) note('T', inode(fd), size, 0, "", "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int synced(int fd, int (*real)(int)) {
    if (!ours(fd)) return real(fd);
    pthread_mutex_lock(&lock);
    int done = real(fd), e = errno;
    struct stat s;
    if (!done && !fstat(fd, &s)) note('S', s.st_ino, S_ISDIR(s.st_mode), 0, "", "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
int fsync(int fd) { REAL(int, "fsync", int); return synced(fd, real); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return synced(fd, real); }
int sync_file_range(int fd, off64_t at, off64_t n, unsigned flags) {
    REAL(int, "sync_file_range", int, off64_t, off64_t, unsigned);
    if (!ours(fd)) return real(fd, at, n, flags);
    pthread_mutex_lock(&lock);
    int done = real(fd, at, n, flags), e = errno;
    if (!done) note('R', inode(fd), at, n, "", "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}

static int moved(int from_dir, const char *from, int to_dir, const char *to, int (*real)(int, const char *, int, const char *)) {
    char a[PATH_MAX], b[PATH_MAX];
    full(from_dir, from, a);
    full(to_dir, to, b);
    if (!below(a) && !below(b)) return real(from_dir, from, to_dir, to);
    pthread_mutex_lock(&lock);
    uint64_t file = inode_of(a);
    int done = real(from_dir, from, to_dir, to), e = errno;
    if (!done) note('M', parent(a), parent(b), file, last(a), last(b), "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
int renameat(int x, const char *from, int y, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return moved(x, from, y, to, real);
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

static int gone(int dir, const char *name, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    char path[PATH_MAX];
    full(dir, name, path);
    if (!below(path) || !strcmp(last(path), "ballast")) return real(dir, name, flags);
    pthread_mutex_lock(&lock);
    uint64_t folder = parent(path);
    int done = real(dir, name, flags), e = errno;
    if (!done) note('U', folder, 0, 0, last(path), "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
int unlinkat(int dir, const char *name, int flags) { return gone(dir, name, flags); }
int unlink(const char *name) { return gone(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return gone(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int dir, const char *name, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    char path[PATH_MAX];
    full(dir, name, path);
    if (!below(path)) return real(dir, name, mode);
    pthread_mutex_lock(&lock);
    int done = real(dir, name, mode), e = errno;
    if (!done) note('C', parent(path), inode_of(path), 1, last(path), "", "", 0);
    pthread_mutex_unlock(&lock);
    errno = e;
    return done;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
