/* SPDX-License-Identifier: ISC */
/*
 * Allocation that cannot fail: every function here returns usable memory or
 * aborts the process.  A program of this size that cannot get a few bytes has
 * no better way on, and no caller has to carry the case.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Grow or shrink P to N elements of SIZE bytes; overflow aborts. */
void *mem_grow(void *p, size_t n, size_t size);

/* N zeroed elements of SIZE bytes. */
void *mem_zero(size_t n, size_t size);

/* A copy of S; NULL gives NULL.  The caller frees it. */
char *mem_dup(const char *s);

/* The formatted text; the caller frees it. */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));

/* For __attribute__((cleanup)): frees the char * that P points to. */
void mem_free_string(char **p);
#define MEM_AUTO __attribute__((cleanup(mem_free_string)))

#endif
