/* SPDX-License-Identifier: ISC */
#include "sftp/catalog.h"

#include "sftp/directories.h"
#include "sftp/files.h"
#include "sftp/metadata.h"
#include "sftp/names.h"

#define NAME		ARGUMENT_NAME
#define SECOND		ARGUMENT_SECOND
#define ANY		ARGUMENT_ANY
#define FILE_		ARGUMENT_FILE
#define DIRECTORY	ARGUMENT_DIRECTORY
#define OFFSET		ARGUMENT_OFFSET
#define LENGTH		ARGUMENT_LENGTH
#define FLAGS		ARGUMENT_FLAGS
#define ATTRIBUTES	ARGUMENT_ATTRIBUTES
#define BYTES		ARGUMENT_DATA

#define PLAIN(type, answer, ...) \
	{ PACKET_##type, NULL, NULL, { __VA_ARGS__ }, answer }
#define OPENSSH(name, revision, answer, ...) \
	{ PACKET_EXTENDED, name "@openssh.com", revision, { __VA_ARGS__ }, \
	    answer }

const struct request_kind catalog[] = {
	PLAIN(OPEN, files_open, NAME, FLAGS, ATTRIBUTES),
	PLAIN(CLOSE, files_close, ANY),
	PLAIN(READ, files_read, FILE_, OFFSET, LENGTH),
	PLAIN(WRITE, files_write, FILE_, OFFSET, BYTES),
	PLAIN(LSTAT, metadata_lstat, NAME),
	PLAIN(FSTAT, metadata_fstat, ANY),
	PLAIN(SETSTAT, metadata_set, NAME, ATTRIBUTES),
	PLAIN(FSETSTAT, metadata_fset, ANY, ATTRIBUTES),
	PLAIN(OPENDIR, directories_open, NAME),
	PLAIN(READDIR, directories_read, DIRECTORY),
	PLAIN(REMOVE, names_remove, NAME),
	PLAIN(MKDIR, directories_make, NAME, ATTRIBUTES),
	PLAIN(RMDIR, directories_remove, NAME),
	PLAIN(REALPATH, names_realpath, NAME),
	PLAIN(STAT, metadata_stat, NAME),
	PLAIN(RENAME, names_rename, NAME, SECOND),
	PLAIN(READLINK, names_readlink, NAME),
	/* The draft has them the other way round; no server is known to. */
	PLAIN(SYMLINK, names_symlink, NAME, SECOND),
	OPENSSH("posix-rename", "1", names_replace, NAME, SECOND),
	OPENSSH("statvfs", "2", metadata_statvfs, NAME),
	OPENSSH("fstatvfs", "2", metadata_fstatvfs, ANY),
	OPENSSH("hardlink", "1", names_link, NAME, SECOND),
	OPENSSH("fsync", "1", files_sync, FILE_),
	OPENSSH("lsetstat", "1", metadata_lset, NAME, ATTRIBUTES),
	{ .answer = NULL },
};
