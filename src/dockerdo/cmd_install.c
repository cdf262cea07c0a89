/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define LARGEST_RC	(16 * 1024 * 1024)
#define ALIAS		"alias dodo='dockerdo exec'"

static const struct option_row rows[] = {
	{ .name = "no-bashrc", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_bashrc),
	    .help = "leave ~/.bashrc as it is" },
	{ .name = NULL }
};

/* "created X", or that it would be. */
static void
tell(const struct call *call, const char *done, const char *path)
{
	MEM_AUTO char *shown = text_printable(path, 0);

	say_note(&call->say, "%s%s %s",
	    call->choices.dry_run ? "would have " : "", done, shown);
}

static int
install_settings(const struct call *call, const char *path, struct error *e)
{
	if (access(path, F_OK) == 0) {
		say_note(&call->say, "%s is there, and stays as it is", path);
		return 0;
	}
	if (!call->choices.dry_run && settings_write_defaults(path, e) == -1)
		return -1;
	tell(call, "created", path);
	return 0;
}

/*
 * The file that a ~/.bashrc of earlier times sources; what completes is
 * installed with the program.
 */
static int
install_completion(const struct call *call, const char *path, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };

	buf_add_text(&text, "[ ! -r ");
	text_quote(&text, COMPLETION_FILE);
	buf_add_text(&text, " ] || . ");
	text_quote(&text, COMPLETION_FILE);
	buf_add_byte(&text, '\n');
	if (!call->choices.dry_run &&
	    file_replace(path, text.data, text.len) == -1)
		return error_system(e, "cannot write %s", path);
	tell(call, "written", path);
	return 0;
}

/* TEXT has LINE, alone. */
static bool
has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = strstr(text, line); at != NULL;
	    at = strstr(at + 1, line))
		if ((at == text || at[-1] == '\n') &&
		    (at[len] == '\n' || at[len] == '\0'))
			return true;
	return false;
}

static int
append(const char *path, const struct buf *text, struct error *e)
{
	FD_AUTO int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0644);

	if (fd == -1 || file_write(fd, text->data, text->len) == -1)
		return error_system(e, "cannot write %s", path);
	return 0;
}

/* Once, however often it is asked for. */
static int
install_bashrc(const struct call *call, const char *path,
    const char *completion, struct error *e)
{
	BUF_AUTO struct buf old = { 0 };
	BUF_AUTO struct buf text = { 0 };

	if (file_read(path, LARGEST_RC, &old) == -1 && errno != ENOENT)
		return error_system(e, "cannot read %s", path);
	if (has_line(buf_text(&old), ALIAS)) {
		say_note(&call->say, "%s has the alias dodo already", path);
		return 0;
	}
	buf_add_text(&text, "\n# Added by dockerdo\n" ALIAS "\n[ ! -r ");
	text_quote(&text, completion);
	buf_add_text(&text, " ] || . ");
	text_quote(&text, completion);
	buf_add_byte(&text, '\n');
	if (!call->choices.dry_run && append(path, &text, e) == -1)
		return -1;
	tell(call, "added the alias dodo to", path);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	MEM_AUTO char *settings = settings_path(e);
	MEM_AUTO char *directory = NULL;
	MEM_AUTO char *completion = NULL;
	MEM_AUTO char *bashrc = NULL;

	if (settings == NULL)
		return -1;
	directory = mem_printf("%.*s",
	    (int)(strrchr(settings, '/') - settings), settings);
	completion = mem_printf("%s/dockerdo.bash-completion", directory);
	bashrc = mem_printf("%s/.bashrc", settings_home(e));
	if (!call->choices.dry_run && file_make_directories(directory) == -1)
		return error_system(e, "cannot make %s", directory);
	if (install_settings(call, settings, e) == -1 ||
	    install_completion(call, completion, e) == -1)
		return -1;
	return call->choices.no_bashrc ? 0 :
	    install_bashrc(call, bashrc, completion, e);
}

const struct command command_install = {
	.name = "install",
	.synopsis = "",
	.summary = "write ~/.config/dockerdo, and an alias for bash",
	.help =
	    "Write ~/.config/dockerdo/dockerdo.yaml with the defaults, where\n"
	    "there is none, and have ~/.bashrc know the alias dodo and the\n"
	    "completion.  To do it again changes nothing.\n",
	.options = rows,
	.run = run,
};
