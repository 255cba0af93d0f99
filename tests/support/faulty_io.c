/* Faults of a file system on demand, for tests of the program as a whole: preloaded (LD_PRELOAD), it lets chosen calls on
 * chosen files fail. FAULTY_IO is a list of CALL:ERROR[:FIRST[:RANK]] separated by commas:
 *   CALL   fallocate, pread, pwrite (all writes at an offset, MPI-IO's too) or fsync
 *   ERROR  number of the error; 0 is a lie: a write that reports success and stores nothing
 *   FIRST  the first of these calls that fails, counted from 1 (default 1); all later ones fail too
 *   RANK   the MPI rank that it happens to (default: every one)
 * FAULTY_IO_FILE: only files whose path ends with this text. FAULTY_IO_RANGE=FROM-TO: only reads and writes that start at an
 * offset of [FROM, TO). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define NO_FAULT (-1)

static atomic_int calls[4];
static const char *const names[4] = {"fallocate", "pread", "pwrite", "fsync"};

static int concerns(int descriptor, off64_t offset) {
    char link[64], path[4096];
    const char *wanted = getenv("FAULTY_IO_FILE"), *range = getenv("FAULTY_IO_RANGE");
    long long from = 0, to = 0;
    ssize_t size;
    if (range != NULL) {
        if (sscanf(range, "%lld-%lld", &from, &to) != 2) abort();
        if (offset < from || offset >= to) return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = '\0';
    if (wanted == NULL) return 1;
    return (size_t)size >= strlen(wanted) && strcmp(path + size - strlen(wanted), wanted) == 0;
}

static int rank_matches(const char *rank) {
    const char *mine = getenv("OMPI_COMM_WORLD_RANK");
    if (mine == NULL) mine = getenv("PMI_RANK"); /* MPICH */
    return *rank == '\0' || strcmp(rank, mine == NULL ? "0" : mine) == 0;
}

/* The error that this call has to end with, or NO_FAULT. */
static int fault_of(int call, int descriptor, off64_t offset) {
    const char *plan = getenv("FAULTY_IO");
    char copy[256], *state = NULL, *word;
    int number;
    if (plan == NULL || !concerns(descriptor, offset)) return NO_FAULT;
    number = atomic_fetch_add(&calls[call], 1) + 1;
    snprintf(copy, sizeof copy, "%s", plan);
    for (word = strtok_r(copy, ",", &state); word != NULL; word = strtok_r(NULL, ",", &state)) {
        char name[16] = "", rank[16] = "";
        int error = 0, first = 1;
        if (sscanf(word, "%15[a-z]:%d:%d:%15s", name, &error, &first, rank) < 2) abort();
        if (strcmp(name, names[call]) == 0 && number >= first && rank_matches(rank)) return error;
    }
    return NO_FAULT;
}

#define REAL(name) __extension__((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAIL_OR(call, descriptor, offset, bytes)                    \
    do {                                                            \
        const int error = fault_of((call), (descriptor), (offset)); \
        if (error == 0) return (bytes);                             \
        if (error > 0) {                                            \
            errno = error;                                          \
            return -1;                                              \
        }                                                           \
    } while (0)

static ssize_t total(const struct iovec *pieces, int count) {
    ssize_t sum = 0;
    int i;
    for (i = 0; i < count; ++i) sum += (ssize_t)pieces[i].iov_len;
    return sum;
}

int fallocate(int descriptor, int mode, off_t offset, off_t size) {
    FAIL_OR(0, descriptor, offset, 0);
    return REAL(fallocate)(descriptor, mode, offset, size);
}

int fallocate64(int descriptor, int mode, off64_t offset, off64_t size) {
    FAIL_OR(0, descriptor, offset, 0);
    return REAL(fallocate64)(descriptor, mode, offset, size);
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset) {
    FAIL_OR(1, descriptor, offset, (ssize_t)size);
    return REAL(pread)(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset) {
    FAIL_OR(1, descriptor, offset, (ssize_t)size);
    return REAL(pread64)(descriptor, bytes, size, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    FAIL_OR(2, descriptor, offset, (ssize_t)size);
    return REAL(pwrite)(descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
    FAIL_OR(2, descriptor, offset, (ssize_t)size);
    return REAL(pwrite64)(descriptor, bytes, size, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *pieces, int count, off_t offset) {
    FAIL_OR(2, descriptor, offset, total(pieces, count));
    return REAL(pwritev)(descriptor, pieces, count, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *pieces, int count, off64_t offset) {
    FAIL_OR(2, descriptor, offset, total(pieces, count));
    return REAL(pwritev64)(descriptor, pieces, count, offset);
}

int fsync(int descriptor) {
    FAIL_OR(3, descriptor, 0, 0);
    return REAL(fsync)(descriptor);
}
