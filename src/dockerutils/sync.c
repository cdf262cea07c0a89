/* SPDX-License-Identifier: ISC */
#include "dockerutils/sync.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "dockerutils/ignore.h"
#include "dockerutils/record.h"
#include "dockerutils/ssh.h"
#include "dockerutils/step.h"
#include "dockerutils/version_file.h"
#include "dockerutils/versioneer.h"

char *
sync_workspace(void)
{
	MEM_AUTO char *user = user_name();

	return mem_printf("/data/workspaces/%s/code", user);
}

/* $PWD, where it is this directory, has the name by which people know it. */
static char *
working_directory(void)
{
	const char *pwd = getenv("PWD");
	struct stat a, b;

	if (pwd != NULL && *pwd == '/' && stat(pwd, &a) == 0 &&
	    stat(".", &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino)
		return mem_dup(pwd);
	return getcwd(NULL, 0);
}

char *
sync_directory(void)
{
	MEM_AUTO char *path = working_directory();
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return mem_dup(slash != NULL && slash[1] != '\0' ? slash + 1 : "root");
}

/* USER@HOST:WORKSPACE/NAME/REST; the caller frees it. */
static char *
remote(const struct record *r, const char *rest)
{
	MEM_AUTO char *workspace = sync_workspace();
	MEM_AUTO char *name = sync_directory();
	bool colons = strchr(r->host, ':') != NULL;

	/* rsync takes an address with colons in brackets. */
	return mem_printf("%s@%s%s%s:%s/%s/%s", r->user, colons ? "[" : "",
	    r->host, colons ? "]" : "", workspace, name, rest);
}

static void
begin_rsync(struct strv *argv, const struct call *call)
{
	strv_push(argv, "rsync");
	strv_push(argv, "-azqs");
	if (call->choices.dry_run)
		strv_push(argv, "--dry-run");
	if (call->choices.dry_run)
		strv_push(argv, "-v");
	if (call->choices.delete)
		strv_push(argv, "--delete");
}

static int
make_workspace(struct call *call, const struct record *r, struct error *e)
{
	MEM_AUTO char *workspace = sync_workspace();
	MEM_AUTO char *name = sync_directory();
	MEM_AUTO char *path = mem_printf("%s/%s", workspace, name);
	BUF_AUTO struct buf command = { 0 };
	SSH_AUTO struct ssh ssh = { 0 };
	struct strv argv = { 0 };
	int rc = 0;

	buf_add_text(&command, "mkdir -p ");
	text_quote(&command, path);
	ssh_make_dock(&ssh, r);
	ssh_argv(&ssh, &argv, NULL, buf_text(&command));
	if (call->choices.print)
		step_show(call, strv_argv(&argv));
	else
		rc = step_run_deaf(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

static int
copy(struct call *call, struct strv *argv, const char *from, const char *to,
    struct error *e)
{
	strv_push(argv, "--");
	strv_push(argv, from);
	strv_push(argv, to);
	return step_run(call, strv_argv(argv), e);
}

/* The version that git knows here, in the place of the file that asks git. */
static int
send_version(struct call *call, const struct record *r, struct error *e)
{
	MEM_AUTO char *source = versioneer_source(e);
	MEM_AUTO char *to = NULL;
	const struct project p = { .root = working_directory(),
	    .say = &call->say };
	struct strv argv = { 0 };
	int rc = 0;

	if (source != NULL && *source != '\0' && !call->choices.print)
		rc = version_file_write(&p, e);
	free(p.root);
	if (e->text != NULL || rc == -1)
		return -1;
	if (rc == 0 || access(source, F_OK) == -1)
		return 0;
	to = remote(r, source);
	begin_rsync(&argv, call);
	rc = copy(call, &argv, VERSION_FILE, to, e);
	strv_clear(&argv);
	return rc;
}

int
sync_up(struct call *call, const struct record *r, struct error *e)
{
	MEM_AUTO char *to = remote(r, "");
	struct strv argv = { 0 };
	int rc = call->choices.dry_run ? 0 : make_workspace(call, r, e);

	if (rc != 0)
		return rc;
	if (!call->choices.print)
		printf("Syncing to remote dock (%s)\n", to);
	begin_rsync(&argv, call);
	rc = ignore_read(&argv, e);
	if (rc == 0)
		rc = copy(call, &argv, "./", to, e);
	strv_clear(&argv);
	if (rc == 0)
		rc = send_version(call, r, e);
	if (rc == 0 && !call->choices.print)
		printf("Sync complete\n");
	return rc;
}

int
sync_down(struct call *call, const struct record *r, struct error *e)
{
	MEM_AUTO char *from = remote(r, "");
	MEM_AUTO char *source = versioneer_source(e);
	struct strv argv = { 0 };
	int rc;

	if (e->text != NULL)
		return -1;
	if (!call->choices.print)
		printf("Syncing from remote dock (%s)\n", from);
	begin_rsync(&argv, call);
	/* What is newer here has been worked on since. */
	if (!call->choices.overwrite)
		strv_push(&argv, "--update");
	if (source != NULL && *source != '\0')
		strv_pushf(&argv, "--filter=- /%s", source);
	rc = ignore_read(&argv, e);
	if (rc == 0)
		rc = copy(call, &argv, from, "./", e);
	strv_clear(&argv);
	if (rc == 0 && !call->choices.print)
		printf("Sync complete\n");
	return rc;
}
