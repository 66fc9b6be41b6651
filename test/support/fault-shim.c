// Stands between a process and the kernel (LD_PRELOAD) and makes a chosen call on files go wrong: the process dies just before it, a
// write is torn in half, an errno comes back, or the process stops there until it is told to go on. Only calls on paths below
// given roots count, and by default only those that change something.
//
// All orders stand in a file that is mapped into the process, so whoever drives the test may change them while it runs, and reads from it
// how far the process came. `fault-shim.ts` writes that file; the layout below and the one there are one thing.
//
// Calls below the roots are carried out one at a time, whatever thread makes them, so their numbers and the log have one order.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum action { NOTHING, KILL, TORN, FAIL, STOP };
enum moment { BEFORE, AFTER, HALFWAY_TOO }; // HALFWAY_TOO: before it, and, of a write, when half of it is made

struct control {
  int64_t seen;       // matching calls since the orders were given
  int64_t target;     // number of the call that goes wrong; 0: none
  int64_t action;     // enum action
  int64_t error;      // errno for FAIL
  int64_t persistent; // FAIL, STOP: all matching calls from the target on
  int64_t when;       // KILL, STOP: enum moment
  int64_t calls;      // bit set of enum call: which calls match
  int64_t fired;      // how many calls went wrong
  int64_t stopped;    // pid of the process that stands at a STOP
  int64_t logs_data;  // whether the log holds the bytes written
  int64_t reserved[6];
  char part[896];     // what the path of a matching call contains; for two paths either
  char log[1024];     // path of the log; empty: none
  char roots[2048];   // absolute paths, each ended by NUL; an empty one ends the list
};

// The order is that of `CALLS` in fault-shim.ts.
enum call {
  OPEN_WRITE, WRITE, TRUNCATE, RENAME, LINK, SYMLINK, UNLINK, RMDIR, MKDIR, FSYNC, CHMOD, UTIMES, COPY, // change something
  OPEN_READ, READ, OPEN_DIRECTORY
};
#define CHANGING_CALLS ((1 << OPEN_READ) - 1)
static const char *const call_names[] = {
  "open", "write", "truncate", "rename", "link", "symlink", "unlink", "rmdir", "mkdir", "fsync", "chmod", "utimes", "copy",
  "open-read", "read", "open-directory"
};

static struct control *control;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static int log_descriptor = -1;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("GSESS_FAULT_CONTROL");
  if (path == NULL) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (mapped != MAP_FAILED) control = mapped;
  if (control != NULL && control->log[0] != 0)
    log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, control->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// One call below the roots, from `begin` to `end`. The lock is held between the two.
struct record {
  enum call call;
  char path[4096]; // absolute
  char other[4096];
  int64_t size;    // bytes to write
  int64_t offset;  // -1: at the end, or not a write
  uint64_t inode;  // of what the path names before the call, or the descriptor stands for; 0: nothing
  int selected;
};

static int is_below_roots(const char *path) {
  for (const char *root = control->roots; *root != 0; root += strlen(root) + 1) {
    size_t length = strlen(root);
    if (strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0)) return 1;
  }
  return 0;
}

static void make_absolute(int directory, const char *path, char *absolute) {
  char link[64];
  if (path[0] == '/') {
    snprintf(absolute, 4096, "%s", path);
    return;
  }
  if (directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  ssize_t length = syscall(SYS_readlink, link, absolute, 4095);
  if (length < 0) length = 0;
  snprintf(absolute + length, (size_t)(4096 - length), "/%s", path);
}

static int name_descriptor(int descriptor, char *absolute) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = syscall(SYS_readlink, link, absolute, 4095);
  absolute[length < 0 ? 0 : length] = 0;
  return absolute[0] == '/';
}

// Inodes are for the log alone.
static uint64_t inode_of_path(const char *path) {
  struct stat found;
  return log_descriptor >= 0 && lstat(path, &found) == 0 ? found.st_ino : 0;
}

static uint64_t inode_of_descriptor(int descriptor) {
  struct stat found;
  return log_descriptor >= 0 && fstat(descriptor, &found) == 0 ? found.st_ino : 0;
}

static int is_logged(enum call kind) { return log_descriptor >= 0 && (CHANGING_CALLS >> kind & 1) != 0; }

// What is neither counted nor logged passes without a look at what it is about.
static int is_of_interest(enum call kind) {
  return control != NULL && ((control->calls >> kind & 1) != 0 || is_logged(kind));
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static void stand_still(void) {
  control->stopped = getpid();
  syscall(SYS_kill, getpid(), SIGSTOP);
  control->stopped = 0;
}

static int matches(const struct record *record) {
  if ((control->calls >> record->call & 1) == 0) return 0;
  return control->part[0] == 0 || strstr(record->path, control->part) != NULL ||
    strstr(record->other, control->part) != NULL;
}

// Returns the errno that the call is to fail with, 0 for none. For a write that is to be torn, or to stop halfway, `torn` is set.
static int begin(struct record *record, int *torn) {
  pthread_mutex_lock(&one_at_a_time);
  record->selected = 0;
  if (!matches(record)) return 0;
  int64_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  int64_t target = control->target;
  int goes_wrong = control->persistent ? number >= target : number == target;
  if (target == 0 || !goes_wrong) return 0;
  control->fired += 1;
  switch (control->action) {
    case FAIL:
      return (int)control->error;
    case TORN:
      if (torn == NULL) die();
      *torn = 1;
      return 0;
    case KILL:
    case STOP:
      if (control->when == AFTER) record->selected = 1;
      else if (control->action == KILL) die();
      else {
        stand_still();
        if (control->when == HALFWAY_TOO && torn != NULL) *torn = 1;
      }
      return 0;
    default:
      return 0;
  }
}

static size_t add_escaped(char *line, size_t at, const char *text) {
  for (; *text != 0; text += 1) {
    if (*text == '\t' || *text == '\n' || *text == '\\') at += (size_t)sprintf(line + at, "\\x%02x", (unsigned)*text);
    else line[at++] = *text;
  }
  line[at++] = '\t';
  return at;
}

static void note(const struct record *record, int64_t result, int error, const struct iovec *parts, int count, uint64_t after) {
  size_t data = 0;
  for (int part = 0; part < count; part += 1) data += parts[part].iov_len;
  if (!control->logs_data) data = 0;
  char *line = malloc(8 * 4096 + 512 + 2 * data);
  if (line == NULL) return;
  size_t at = (size_t)sprintf(line, "%lld\t%s\t", (long long)control->seen, call_names[record->call]);
  at = add_escaped(line, at, record->path);
  at = add_escaped(line, at, record->other);
  at += (size_t)sprintf(line + at, "%lld\t%lld\t%lld\t%d\t%llu\t%llu\t", (long long)record->size, (long long)record->offset,
    (long long)result, error, (unsigned long long)record->inode, (unsigned long long)after);
  size_t left = data > 0 && result > 0 ? (size_t)result : 0;
  for (int part = 0; part < count && left > 0; part += 1) {
    const unsigned char *bytes = parts[part].iov_base;
    for (size_t index = 0; index < parts[part].iov_len && left > 0; index += 1, left -= 1)
      at += (size_t)sprintf(line + at, "%02x", bytes[index]);
  }
  line[at++] = '\n';
  syscall(SYS_write, log_descriptor, line, at);
  free(line);
}

static void end(struct record *record, int64_t result, int error, const struct iovec *parts, int count, uint64_t after) {
  if (is_logged(record->call)) note(record, result, error, parts, count, after);
  if (record->selected) {
    if (control->action == KILL) die();
    stand_still();
  }
  pthread_mutex_unlock(&one_at_a_time);
  if (error != 0) errno = error;
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

// Makes a record for one path, or one descriptor, or passes the call on as it is.
#define ON_PATH(directory, name, kind, pass) \
  struct record record = {.call = (kind), .offset = -1}; \
  if (!is_of_interest(record.call)) return pass; \
  make_absolute(directory, name, record.path); \
  if (!is_below_roots(record.path)) return pass; \
  record.inode = inode_of_path(record.path)
#define ON_DESCRIPTOR(descriptor, kind, pass) \
  struct record record = {.call = (kind), .offset = -1}; \
  if (!is_of_interest(record.call) || (descriptor) < 0) return pass; \
  if (!name_descriptor(descriptor, record.path) || !is_below_roots(record.path)) return pass; \
  record.inode = inode_of_descriptor(descriptor)
#define CARRY_OUT(type, call) \
  int error = begin(&record, NULL); \
  type result = error != 0 ? (type)-1 : (call); \
  if (error == 0 && result == (type)-1) error = errno; \
  end(&record, (int64_t)result, error, NULL, 0, 0); \
  return result

static int carry_out_open(int directory, const char *path, int flags, mode_t mode) {
  static int (*real)(int, const char *, int, ...);
  if (real == NULL) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat64");
  enum call kind = (flags & O_DIRECTORY) != 0 ? OPEN_DIRECTORY
    : (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_ACCMODE) != O_RDONLY ? OPEN_WRITE : OPEN_READ;
  ON_PATH(directory, path, kind, real(directory, path, flags, mode));
  record.offset = flags;
  record.size = mode;
  int error = begin(&record, NULL);
  int result = -1;
  if (error == 0) {
    result = real(directory, path, flags, mode);
    error = result < 0 ? errno : 0;
  }
  end(&record, result, error, NULL, 0, result < 0 ? 0 : inode_of_descriptor(result));
  return result;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) { MODE_OF(flags) return carry_out_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return carry_out_open(AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { MODE_OF(flags) return carry_out_open(directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) { MODE_OF(flags) return carry_out_open(directory, path, flags, mode); }
int creat(const char *path, mode_t mode) { return carry_out_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return carry_out_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static void write_half(int descriptor, const struct iovec *parts, int count, off64_t offset, int64_t left) {
  for (int part = 0; part < count && left > 0; part += 1) {
    int64_t length = (int64_t)parts[part].iov_len < left ? (int64_t)parts[part].iov_len : left;
    if (offset < 0) syscall(SYS_write, descriptor, parts[part].iov_base, length);
    else syscall(SYS_pwrite64, descriptor, parts[part].iov_base, length, offset);
    offset += offset < 0 ? 0 : length;
    left -= length;
  }
}

// All writes end here. A torn one writes the first half, and then the process dies, or stands still and then writes it all again.
static ssize_t carry_out_write(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  int64_t size = 0;
  for (int part = 0; part < count; part += 1) size += (int64_t)parts[part].iov_len;
#define PASS (offset < 0 ? syscall(SYS_writev, descriptor, parts, count) : syscall(SYS_pwritev, descriptor, parts, count, offset, 0))
  ON_DESCRIPTOR(descriptor, WRITE, PASS);
  record.size = size;
  record.offset = offset;
  if (offset < 0 && (syscall(SYS_fcntl, descriptor, F_GETFL) & O_APPEND) == 0)
    record.offset = syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
  int torn = 0;
  int error = begin(&record, &torn);
  if (torn) {
    struct stat found;
    int is_known = fstat(descriptor, &found) == 0;
    write_half(descriptor, parts, count, record.offset, size / 2);
    if (control->action == TORN) die();
    stand_still();
    // It is written over, but for what was appended, which would stay.
    if (record.offset < 0 && (!is_known || syscall(SYS_ftruncate, descriptor, found.st_size) != 0)) die();
  }
  ssize_t result = -1;
  if (error == 0) {
    result = PASS;
    error = result < 0 ? errno : 0;
  }
  end(&record, result, error, parts, count, 0);
  return result;
#undef PASS
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
  struct iovec part = {(void *)bytes, size};
  return carry_out_write(descriptor, &part, 1, -1);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) { return carry_out_write(descriptor, parts, count, -1); }
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  struct iovec part = {(void *)bytes, size};
  return carry_out_write(descriptor, &part, 1, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  struct iovec part = {(void *)bytes, size};
  return carry_out_write(descriptor, &part, 1, offset);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  return carry_out_write(descriptor, parts, count, offset);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  return carry_out_write(descriptor, parts, count, offset);
}

static int carry_out_pair(enum call kind, const char *from, const char *to, int from_is_path, int (*real)(const char *, const char *)) {
  struct record record = {.call = kind, .offset = -1};
  if (!is_of_interest(kind)) return real(from, to);
  make_absolute(AT_FDCWD, to, record.other);
  if (from_is_path) make_absolute(AT_FDCWD, from, record.path);
  else snprintf(record.path, sizeof record.path, "%s", from);
  if (!is_below_roots(record.other) && !(from_is_path && is_below_roots(record.path))) return real(from, to);
  record.inode = from_is_path ? inode_of_path(record.path) : 0;
  int error = begin(&record, NULL);
  int result = -1;
  if (error == 0) {
    result = real(from, to);
    error = result < 0 ? errno : 0;
  }
  end(&record, result, error, NULL, 0, result < 0 ? 0 : inode_of_path(record.other));
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  return carry_out_pair(RENAME, from, to, 1, real);
}
int link(const char *from, const char *to) {
  REAL(int, link, const char *, const char *);
  return carry_out_pair(LINK, from, to, 1, real);
}
int symlink(const char *target, const char *path) {
  REAL(int, symlink, const char *, const char *);
  return carry_out_pair(SYMLINK, target, path, 0, real);
}

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  ON_PATH(AT_FDCWD, path, UNLINK, real(path));
  CARRY_OUT(int, real(path));
}
int unlinkat(int directory, const char *path, int flags) {
  REAL(int, unlinkat, int, const char *, int);
  ON_PATH(directory, path, (flags & AT_REMOVEDIR) != 0 ? RMDIR : UNLINK, real(directory, path, flags));
  CARRY_OUT(int, real(directory, path, flags));
}
int remove(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode) ? rmdir(path) : unlink(path);
}
int rmdir(const char *path) {
  REAL(int, rmdir, const char *);
  ON_PATH(AT_FDCWD, path, RMDIR, real(path));
  CARRY_OUT(int, real(path));
}
int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  ON_PATH(AT_FDCWD, path, MKDIR, real(path, mode));
  record.size = mode;
  CARRY_OUT(int, real(path, mode));
}
char *mkdtemp(char *template) {
  REAL(char *, mkdtemp, char *);
  ON_PATH(AT_FDCWD, template, MKDIR, real(template));
  int error = begin(&record, NULL);
  char *result = error != 0 ? NULL : real(template);
  if (error == 0 && result == NULL) error = errno;
  end(&record, result == NULL ? -1 : 0, error, NULL, 0, 0);
  return result;
}
int fsync(int descriptor) {
  REAL(int, fsync, int);
  ON_DESCRIPTOR(descriptor, FSYNC, real(descriptor));
  CARRY_OUT(int, real(descriptor));
}
int fdatasync(int descriptor) {
  REAL(int, fdatasync, int);
  ON_DESCRIPTOR(descriptor, FSYNC, real(descriptor));
  CARRY_OUT(int, real(descriptor));
}
int ftruncate64(int descriptor, off64_t size) {
  REAL(int, ftruncate64, int, off64_t);
  ON_DESCRIPTOR(descriptor, TRUNCATE, real(descriptor, size));
  record.size = size;
  CARRY_OUT(int, real(descriptor, size));
}
int chmod(const char *path, mode_t mode) {
  REAL(int, chmod, const char *, mode_t);
  ON_PATH(AT_FDCWD, path, CHMOD, real(path, mode));
  record.size = mode;
  CARRY_OUT(int, real(path, mode));
}
int fchmod(int descriptor, mode_t mode) {
  REAL(int, fchmod, int, mode_t);
  ON_DESCRIPTOR(descriptor, CHMOD, real(descriptor, mode));
  record.size = mode;
  CARRY_OUT(int, real(descriptor, mode));
}
int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  REAL(int, utimensat, int, const char *, const struct timespec *, int);
  ON_PATH(directory, path, UTIMES, real(directory, path, times, flags));
  CARRY_OUT(int, real(directory, path, times, flags));
}
int futimens(int descriptor, const struct timespec times[2]) {
  REAL(int, futimens, int, const struct timespec *);
  ON_DESCRIPTOR(descriptor, UTIMES, real(descriptor, times));
  CARRY_OUT(int, real(descriptor, times));
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t size) {
  REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
  ON_DESCRIPTOR(out, COPY, real(out, in, offset, size));
  CARRY_OUT(ssize_t, real(out, in, offset, size));
}

// libuv reaches copy_file_range (and statx, which changes nothing) this way.
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (real == NULL) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  va_list rest;
  va_start(rest, number);
  long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
  long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
  va_end(rest);
#define PASS real(number, a, b, c, d, e, f)
  if (number != SYS_copy_file_range) return PASS;
  ON_DESCRIPTOR((int)c, COPY, PASS);
  CARRY_OUT(long, PASS);
#undef PASS
}

ssize_t read(int descriptor, void *bytes, size_t size) {
  REAL(ssize_t, read, int, void *, size_t);
  ON_DESCRIPTOR(descriptor, READ, real(descriptor, bytes, size));
  CARRY_OUT(ssize_t, real(descriptor, bytes, size));
}
ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset) {
  REAL(ssize_t, pread64, int, void *, size_t, off64_t);
  ON_DESCRIPTOR(descriptor, READ, real(descriptor, bytes, size, offset));
  CARRY_OUT(ssize_t, real(descriptor, bytes, size, offset));
}
DIR *opendir(const char *path) {
  REAL(DIR *, opendir, const char *);
  ON_PATH(AT_FDCWD, path, OPEN_DIRECTORY, real(path));
  int error = begin(&record, NULL);
  DIR *result = error != 0 ? NULL : real(path);
  if (error == 0 && result == NULL) error = errno;
  end(&record, result == NULL ? -1 : 0, error, NULL, 0, 0);
  return result;
}
int scandir64(const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(int, scandir64, const char *, struct dirent64 ***, int (*)(const struct dirent64 *),
       int (*)(const struct dirent64 **, const struct dirent64 **));
  ON_PATH(AT_FDCWD, path, OPEN_DIRECTORY, real(path, names, filter, compare));
  CARRY_OUT(int, real(path, names, filter, compare));
}
