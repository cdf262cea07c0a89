/* SPDX-License-Identifier: ISC */
/*
 * The requests that are understood, with their arguments and who answers them.
 * Those of draft-ietf-secsh-filexfer-02, section 6, and of OpenSSH's extensions
 * to it (the file PROTOCOL of OpenSSH, section 4) those that a mounted file
 * system needs.
 */
#ifndef SFTP_CATALOG_H
#define SFTP_CATALOG_H

#include "sftp/request.h"

/* Up to one of type 0. */
extern const struct request_kind catalog[];

#endif
