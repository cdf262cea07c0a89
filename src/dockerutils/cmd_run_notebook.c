/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/container_name.h"
#include "dockerutils/docks.h"
#include "dockerutils/environment.h"
#include "dockerutils/notebook.h"
#include "dockerutils/ssh.h"
#include "dockerutils/step.h"
#include "dockerutils/sync.h"
#include "dockerutils/tunnel.h"

#define IMAGE	"resero/docker-ds"

static const struct option_row rows[] = {
	{ .letter = 'g', .name = "use-gpu", .kind = OPTION_BOOL,
	    .offset = CHOICE(gpu),
	    .help = "with all GPUs, from the image with tag gpu" },
	{ .letter = 'i', .name = "image", .kind = OPTION_TEXT,
	    .offset = CHOICE(image_name), .value = "IMAGE",
	    .environment = "DEXEC_NOTEBOOK_IMAGE",
	    .help = "run this image (resero/docker-ds)" },
	{ .letter = 'p', .name = "port", .kind = OPTION_NUMBER,
	    .offset = CHOICE(port), .value = "PORT", .least = 1,
	    .help = "the port on this host (8888)" },
	{ .letter = 'b', .name = "bind", .kind = OPTION_TEXT,
	    .offset = CHOICE(bind), .value = "ADDRESS",
	    .help = "the address that it listens on (127.0.0.1)" },
	{ .name = NULL }
};

/* Where it runs: here, or on a dock. */
struct place {
	const struct record *record;	/* NULL: here */
	struct ssh ssh;
	int port;
};

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "-v" would read a colon in a path as its own, and a comma ends a mount's. */
static int
add_mount(struct strv *argv, const char *source, const char *target,
    struct error *e)
{
	if (strchr(source, ',') != NULL || strchr(source, '"') != NULL)
		return error_set(e, "docker cannot mount %s: its name has a "
		    "comma or a quote", source);
	strv_push(argv, "--mount");
	strv_pushf(argv, "type=bind,source=%s,target=%s", source, target);
	return 0;
}

static int
add_mounts(struct strv *argv, const struct place *place, struct error *e)
{
	MEM_AUTO char *workspace = sync_workspace();
	MEM_AUTO char *name = sync_directory();
	MEM_AUTO char *there = mem_printf("%s/%s", workspace, name);
	MEM_AUTO char *here = getcwd(NULL, 0);
	MEM_AUTO char *aws = NULL;
	const char *home = getenv("HOME");

	if (here == NULL)
		return error_system(e, "cannot tell the working directory");
	if (add_mount(argv, place->record != NULL ? there : here,
	    "/home/jovyan/project", e) == -1)
		return -1;
	if (place->record != NULL || is_directory("/data"))
		strv_push_option(argv, "-v", "/data:/data");
	if (place->record != NULL || home == NULL)
		return 0;
	aws = mem_printf("%s/.aws", home);
	return is_directory(aws) ? add_mount(argv, aws,
	    "/home/jovyan/.aws", e) : 0;
}

/* Either name: the README has one, the program had the other. */
static bool
wants_diffs(void)
{
	const char *diffs = getenv("DOCKER_DS_DIFFS");

	if (diffs == NULL || *diffs == '\0')
		diffs = getenv("RESERO_JUPYTER_DIFFS");
	return diffs != NULL && *diffs != '\0' &&
	    strcmp(diffs, "no_diffs") != 0;
}

static char *
image_of(const struct call *call)
{
	const char *image = call->choices.image_name, *colon;

	if (image == NULL || *image == '\0')
		image = IMAGE;
	colon = strrchr(image, ':');
	if (colon != NULL && strchr(colon, '/') == NULL)
		return mem_dup(image);
	return mem_printf("%s:%s", image, call->choices.gpu ? "gpu" :
	    "latest");
}

static int
make_argv(struct strv *argv, const struct call *call,
    const struct place *place, const char *image, struct error *e)
{
	const char *bind = call->choices.bind;
	MEM_AUTO char *user = user_name();
	MEM_AUTO char *name = call->choices.print ?
	    container_name(user, "notebook", STAMP_NOTEBOOK) :
	    container_name_new(user, "notebook", STAMP_NOTEBOOK);

	docker_argv(&call->docker, argv, "run");
	if (call->choices.gpu)
		strv_push_option(argv, "--gpus", "all");
	strv_push(argv, "--init");
	strv_push_option(argv, "--name", name);
	if (wants_diffs())
		strv_push_option(argv, "-e", "DOCKER_DS_DIFFS=1");
	strv_push_option(argv, "-e", "NOTEBOOK_MODE=lab");
	/* Its value is in the environment, and in no list of processes. */
	strv_push_option(argv, "-e", "JUPYTER_TOKEN");
	environment_add_aws(argv, NULL);
	strv_push(argv, "--rm");
	strv_push(argv, isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ?
	    "-it" : "-i");
	if (add_mounts(argv, place, e) == -1)
		return -1;
	strv_push(argv, "-p");
	strv_pushf(argv, "%s:%d:8888", bind != NULL && *bind != '\0' ? bind :
	    "127.0.0.1", place->port);
	strv_push(argv, image);
	return 0;
}

static int
pull(struct call *call, const char *image, struct error *e)
{
	const char *dont = getenv("DOCKER_DS_DONT_PULL");
	struct strv argv = { 0 };
	int rc;

	if (dont != NULL && strcmp(dont, "pull") != 0)
		return 0;
	docker_argv(&call->docker, &argv, "pull");
	strv_push(&argv, image);
	rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

/* The image that we know, or that is named. */
static int
run_known(struct call *call, const struct place *place, struct error *e)
{
	MEM_AUTO char *image = image_of(call);
	struct strv argv = { 0 };
	int rc = pull(call, image, e);

	if (rc == 0 && place->record == NULL && !call->choices.print &&
	    mkdir(".ipynb_checkpoints", 0777) == -1 && errno != EEXIST)
		rc = error_system(e, "cannot make .ipynb_checkpoints");
	if (rc == 0)
		rc = make_argv(&argv, call, place, image, e);
	if (rc == 0)
		rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

/* The project's own image "notebook", by the other commands. */
static int
run_own(struct call *call, struct error *e)
{
	struct strv argv = { 0 };
	int rc;

	strv_push(&argv, "/proc/self/exe");
	strv_push(&argv, "build-image");
	if (call->choices.print)
		strv_push(&argv, "--print");
	strv_push(&argv, "-f");
	strv_push(&argv, "notebook");
	rc = step_run_quietly(call, strv_argv(&argv), e);
	strv_clear(&argv);
	if (rc != 0)
		return rc;
	strv_push(&argv, "/proc/self/exe");
	strv_push(&argv, "run-image");
	if (call->choices.print)
		strv_push(&argv, "--print");
	if (call->choices.gpu)
		strv_push(&argv, "-g");
	strv_push(&argv, "-e");
	strv_push(&argv, "JUPYTER_TOKEN");
	strv_push(&argv, "notebook");
	rc = step_run_quietly(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

static int
run_notebook(struct call *call, const struct place *place, struct error *e)
{
	return is_directory("docker/notebook") ? run_own(call, e) :
	    run_known(call, place, e);
}

static int
open_tunnel(struct call *call, struct tunnel *tunnel,
    const struct place *place, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	if (!call->choices.print)
		return tunnel_open(tunnel, &place->ssh, place->port,
		    &call->signo, e);
	tunnel_argv(&place->ssh, &argv, place->port);
	step_show(call, strv_argv(&argv));
	return 0;
}

/* With the working directory there meanwhile, and a tunnel from here. */
static int
run_there(struct call *call, const struct place *place, const char *token,
    struct error *e)
{
	struct error down = { 0 };
	struct tunnel tunnel = { 0 };
	int rc = sync_up(call, place->record, e), back;

	if (rc == 0)
		rc = open_tunnel(call, &tunnel, place, e);
	if (rc == 0) {
		notebook_tell(call, place->port, NOTEBOOK_START, token);
		rc = run_notebook(call, place, e);
		tunnel_close(&tunnel);
		back = sync_down(call, place->record, &down);
		if (back == -1 && rc != -1) {
			*e = down;
			return -1;
		}
		error_clear(&down);
		rc = rc != 0 ? rc : back;
	}
	return rc;
}

static int
run_at(struct call *call, struct place *place, struct error *e)
{
	MEM_AUTO char *token = notebook_token(e);

	if (token == NULL)
		return -1;
	setenv("JUPYTER_TOKEN", token, 1);
	if (place->record != NULL)
		return run_there(call, place, token, e);
	notebook_tell(call, place->port, NOTEBOOK_START, token);
	return run_notebook(call, place, e);
}

static int
run(struct call *call, struct error *e)
{
	const char *host = getenv("DOCKER_HOST"), *ip = getenv("DOCKER_IP");
	struct place place = { .port = call->choices.port > 0 ?
	    call->choices.port : NOTEBOOK_PORT };
	struct docks docks = { 0 };
	const struct dock *dock = NULL;
	int rc = 0;

	if (host != NULL && *host != '\0' && ip != NULL && *ip != '\0') {
		rc = docks_read(&docks, &call->say, e);
		if (rc == 0)
			dock = docks_find(&docks, ip, e);
		rc = dock != NULL ? 0 : -1;
	}
	if (dock != NULL) {
		place.record = &dock->record;
		ssh_make_dock(&place.ssh, place.record);
	}
	if (rc == 0)
		rc = run_at(call, &place, e);
	ssh_clear(&place.ssh);
	docks_clear(&docks);
	return rc;
}

const struct command command_run_notebook = {
	.name = "run-notebook",
	.synopsis = "",
	.summary = "run Jupyter Lab on the working directory",
	.help =
	    "Run a notebook server in a container, with the working directory\n"
	    "in it: of the project's own image \"notebook\" where it has one.\n"
	    "It listens on loopback and asks for a token ($JUPYTER_TOKEN, or a\n"
	    "new one).  In a docked shell the directory is copied to the dock\n"
	    "before and back afterwards, and an ssh tunnel leads to it.\n"
	    "DOCKER_DS_DONT_PULL in the environment: do not pull the image.\n",
	.options = rows,
	.run = run,
};
