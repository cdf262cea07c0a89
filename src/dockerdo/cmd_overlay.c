/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "dockerdo/distro.h"
#include "dockerdo/fields.h"
#include "dockerdo/overlay.h"

static const struct option_row rows[] = {
	{ .name = "distro", .kind = OPTION_TEXT, .offset = CHOICE(distro),
	    .value = "NAME", .help = "the image's distribution" },
	{ .name = "image", .kind = OPTION_TEXT, .offset = CHOICE(image),
	    .value = "IMAGE", .help = "what the image is made from" },
	{ .name = NULL }
};

/* ARG: struct choices. */
static int
change(struct session *s, void *arg, struct error *e)
{
	const struct choices *c = arg;
	BUF_AUTO struct buf text = { 0 };

	if (c->image != NULL)
		fields_set(&s->base_image, c->image);
	if (c->distro != NULL)
		fields_set(&s->distro, c->distro);
	if (distro_check(s->distro, e) == -1)
		return -1;
	return overlay_text(&text, s, e);
}

static int
run(struct call *call, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };
	int rc = call->choices.dry_run ?
	    change(&call->session, &call->choices, e) :
	    session_change(&call->session, change, &call->choices, e);

	if (rc == -1 || overlay_text(&text, &call->session, e) == -1)
		return -1;
	if (!call->choices.dry_run &&
	    file_replace(OVERLAY_FILE, text.data, text.len) == -1)
		return error_system(e, "cannot write " OVERLAY_FILE);
	say_note(&call->say, "%s " OVERLAY_FILE, call->choices.dry_run ?
	    "would have written" : "wrote");
	return 0;
}

const struct command command_overlay = {
	.name = "overlay",
	.synopsis = "",
	.summary = "write Dockerfile.dockerdo, for dockerdo build",
	.help =
	    "Write Dockerfile.dockerdo in the current directory, by which\n"
	    "dockerdo build makes an image of the session's own from its base\n"
	    "image.  It may be changed; one that is there is replaced.\n",
	.options = rows,
	.session = true,
	.run = run,
};
