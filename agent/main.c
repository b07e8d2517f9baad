/* SPDX-License-Identifier: Apache-2.0 */
/* main - byway-agent: loads the datapath, keeps its maps, answers plugin and command. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/config_dirs.h"
#include "agent/loop.h"
#include "agent/start.h"
#include "base/file.h"
#include "base/log.h"

#define CONFIG_LIMIT (1024 * 1024)

enum { EXIT_CONFIG = 2 };

static void help(void)
{
	puts("usage: byway-agent [--config FILE] [--KEY VALUE]...\n"
	     "\n"
	     "Loads and pins Byway's programs, follows the node's pods, and answers the CNI plugin, the\n"
	     "byway command and Prometheus. Stopping it, also by kill -9, leaves the pods' network as it is.\n"
	     "\n"
	     "  --config FILE                 a JSON object of the keys below; flags win over it\n"
	     "  --check                       only check the configuration\n"
	     "  --version, --help\n");
	config_help(stdout);
	puts("\n"
	     "A key with a dot is a member in the file: {\"source\": {\"kind\": \"directory\"}}. Lists are\n"
	     "separated by commas in flags. Exit: 0 stopped by a signal, 1 failed, 2 bad configuration.");
}

static int config_load(int argc, char **argv, const char *file, struct agent_config *config,
		       struct error *err)
{
	CLEANUP(str_free) char *text = NULL;
	size_t len = 0;
	int rc;

	if (file && (rc = file_read(file, CONFIG_LIMIT, &text, &len, err)))
		return error_prefix(err, "--config");
	if ((rc = config_parse(text, len, file, argc, argv, config, err)))
		return rc;
	if (!*config->node_name && gethostname(config->node_name, sizeof(config->node_name) - 1))
		return error_set(err, -errno, "nodeName: read the host's name");
	return 0;
}

static int fail(const struct error *err, int status)
{
	log_error("%s", err->text);
	return status;
}

static int run(struct agent *agent)
{
	struct error err;
	int rc, signal_number;

	signal(SIGPIPE, SIG_IGN); /* a client that went away is no reason to die */
	log_info("byway-agent " BYWAY_VERSION " starts");
	rc = agent_start(agent, &err);
	if (rc) {
		agent_stop(agent);
		return fail(&err, rc == -EINVAL ? EXIT_CONFIG : EXIT_FAILURE);
	}
	signal_number = loop_run(agent->loop);
	log_info("stops (signal %d); the datapath goes on", signal_number);
	agent_stop(agent);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct agent agent = {
		.lock = -1,
		.maps = DATAPATH_MAPS_CLOSED,
		.service_maps = SERVICE_MAPS_CLOSED,
		.route_maps = ROUTE_MAPS_CLOSED,
	};
	struct config_request request;
	struct error err;

	agent.started_ns = clock_ns();
	if (config_request_parse(argc, argv, &request, &err))
		return fail(&err, EXIT_CONFIG);
	if (request.mode == CONFIG_HELP)
		return help(), EXIT_SUCCESS;
	if (request.mode == CONFIG_VERSION)
		return puts("byway-agent " BYWAY_VERSION), EXIT_SUCCESS;
	if (config_load(argc, argv, request.file, &agent.config, &err))
		return fail(&err, EXIT_CONFIG);
	if (request.mode == CONFIG_RUN)
		return run(&agent);
	if (config_dirs_check(&agent.config, &err))
		return fail(&err, EXIT_CONFIG);
	puts("the configuration is in order");
	return EXIT_SUCCESS;
}
