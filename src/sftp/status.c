/* SPDX-License-Identifier: ISC */
#include "sftp/status.h"

#include <errno.h>
#include <string.h>

enum status
status_of(int answer)
{
	switch (answer) {
	case 0:
		return STATUS_OK;
	case ANSWER_EOF:
		return STATUS_EOF;
	case ENOENT:
	case ENOTDIR:
		return STATUS_NO_SUCH_FILE;
	case EACCES:
	case EPERM:
	case EROFS:
		return STATUS_PERMISSION_DENIED;
	case ENOSYS:
	case EOPNOTSUPP:
		return STATUS_OP_UNSUPPORTED;
	default:
		return STATUS_FAILURE;
	}
}

void
status_put(struct reply *r, uint32_t id, int answer)
{
	size_t begun = reply_begin(r, PACKET_STATUS);

	reply_put32(r, id);
	reply_put32(r, status_of(answer));
	reply_put_text(r, answer == ANSWER_EOF ? "End of file" :
	    strerror(answer));
	reply_put_text(r, "");		/* the language */
	reply_end(r, begun);
}
