/* SPDX-License-Identifier: ISC */
/*
 * Fuzz targets: one file each, which defines the function below.  Linked with
 * libFuzzer they search; with replay.c they run once over their corpus, as a
 * test.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to hold, in every build. */
#define HOLDS(condition) ((condition) ? (void)0 : abort())

#endif
