/* SPDX-License-Identifier: ISC */
#include "dockerutils/ssh.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "dockerutils/docks.h"

void
ssh_make_dock(struct ssh *ssh, const struct record *r)
{
	ssh->host = mem_printf("%s@%s", r->user, r->host);
}

int
ssh_make(struct ssh *ssh, const struct call *call, const char *name,
    const char *identity, struct error *e)
{
	struct docks docks = { 0 };
	ERROR_AUTO struct error none = { 0 };
	MEM_AUTO char *shown = NULL;
	const struct dock *dock = NULL;

	if (*name == '\0' || *name == '-') {
		shown = text_printable(name, 60);
		return error_usage(e, "'%s' is no host", shown);
	}
	if (docks_read(&docks, &call->say, &none) == 0)
		dock = docks_search(&docks, name);
	if (dock != NULL)
		ssh_make_dock(ssh, &dock->record);
	else
		ssh->host = mem_dup(name);
	docks_clear(&docks);
	if (identity != NULL && *identity != '\0')
		ssh->identity = mem_dup(identity);
	return 0;
}

void
ssh_argv(const struct ssh *ssh, struct strv *argv, const char *option,
    const char *command)
{
	strv_push(argv, "ssh");
	strv_push_option(argv, "-i", ssh->identity);
	strv_push_option(argv, "-o", option);
	strv_push(argv, "--");
	strv_push(argv, ssh->host);
	if (command != NULL)
		strv_push(argv, command);
}

void
ssh_clear(struct ssh *ssh)
{
	free(ssh->host);
	free(ssh->identity);
	*ssh = (struct ssh){ 0 };
}
