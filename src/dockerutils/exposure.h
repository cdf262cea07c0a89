/* SPDX-License-Identifier: ISC */
/*
 * Hosts whose docker listens on TCP, as docks of the first kind had it: whoever
 * reaches that is root there, unless it verifies certificates.
 */
#ifndef DOCKERUTILS_EXPOSURE_H
#define DOCKERUTILS_EXPOSURE_H

/*
 * Which of docker's TCP ports (2375, 2377) HOST takes connections on: its
 * number, or 0: none that answers within a second, or no such host.
 */
int exposure_find(const char *host);

#endif
