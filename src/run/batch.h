/* SPDX-License-Identifier: ISC */
/*
 * A process that moves bytes in bulk need not be quick to wake: where it does
 * not preempt who feeds it, it finds more to do each time and all are faster
 * (SCHED_BATCH of sched(7)).
 */
#ifndef RUN_BATCH_H
#define RUN_BATCH_H

#include <sys/types.h>

/*
 * Let all threads that process PID has now be scheduled like that, and those
 * that they start.  Only a child of ours that has not been waited for; where
 * it cannot be done, and with PID 0, nothing happens.
 */
void batch_process(pid_t pid);

#endif
