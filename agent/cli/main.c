/* SPDX-License-Identifier: Apache-2.0 */
/* main - byway: the command line; each verb is a file beside this one. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/verb.h"
#include "agent/config.h"
#include "datapath/paths.h"

/* The options that a verb takes beside those that all take. */
enum takes {
	TAKES_NAME = 1 << 0,
	TAKES_FOLLOW = 1 << 1,
	TAKES_FILTERS = 1 << 2,
	TAKES_REMOVAL = 1 << 3,
};

struct verb {
	const char *name, *summary, *details;
	verb_fn *run;
	int takes;
};

static const struct verb verbs[] = {
	{ "status", "the node at a glance: agent, datapath, endpoints, packets",
	  "Exit: 0 fine, 1 programs or interfaces are missing, or the source has errors, 3 the datapath is not loaded, or the agent\n"
	  "that was here does not answer.\n",
	  verb_status, 0 },
	{ "endpoints", "this node's pods: addresses, state, interface",
	  "STATE is ready (packets pass), pending (its policy is not in place: all is dropped) or gone (no\n"
	  "interface). Exit: 0 all are ready, 1 one is not, 3 not loaded.\n",
	  verb_endpoints, 0 },
	{ "services", "services: their frontends and backends, and why one is not used",
	  "usage: byway services [NAME]\n\n"
	  "NAME is a service's name, namespace/name, or an address or address:port of it; then each of its\n"
	  "endpoints is explained. Without an agent only what the maps hold is shown, by id. Exit: 0 fine,\n"
	  "1 there is none of that name, or one has a problem, 3 not loaded.\n",
	  verb_services, TAKES_NAME },
	{ "connections", "connections that the datapath remembers",
	  "  --pod NAME|ADDRESS        only of that pod, or that address\n"
	  "  --service NAME|ADDRESS    only through that service\n"
	  "  --state STATE             opening, established, closing, datagram, question\n"
	  "  --protocol PROTOCOL       tcp, udp, sctp, icmp, icmpv6, or a number\n"
	  "  --sort BY                 idle (default), age, source, target, service\n"
	  "  --limit N                 at most so many (default: 0 = all)\n"
	  "  --count                   only how many\n\n"
	  "A connection whose addresses are translated is one row: what its initiator sends, and what the\n"
	  "other end sees. Exit: 0 fine, 2 no such pod or service, 3 not loaded.\n",
	  verb_connections, TAKES_FILTERS },
	{ "drops", "lost packets: how many for which reason, and the last ones",
	  "  -f, --follow   go on and print each drop as it happens\n\n"
	  "Times are UTC. Without an agent this command reads the ring of records itself; a record is\n"
	  "shown once then. Exit: 0 fine, 3 not loaded.\n",
	  verb_drops, TAKES_FOLLOW },
	{ "metrics", "every counter, in Prometheus' text format", "Exit: 0 fine, 3 not loaded.\n",
	  verb_metrics, 0 },
	{ "doctor", "checks the kernel, the node and Byway's traces on it; says what to do",
	  "  --cni-conf-dir DIR   where the runtime's conflists are (default: " AGENT_CNI_CONF_DIR
	  ")\n\n"
	  "Features are tried for real, in a network namespace of their own. Exit: 0 no line is a fail,\n"
	  "1 one is.\n",
	  verb_doctor, 0 },
	{ "uninstall", "takes away every pin, interface, route, record and conflist of Byway's",
	  "  --yes                do not ask\n"
	  "  --force              although an agent runs\n"
	  "  --cni-conf-dir DIR   where the conflist is (default: " AGENT_CNI_CONF_DIR ")\n\n"
	  "Pods that still run lose their network. Nothing else is touched; sysctls stay. Exit: 0 nothing\n"
	  "is left, 1 something could not be removed or an agent runs.\n",
	  verb_uninstall, TAKES_REMOVAL },
	{ "version", "of this command, and of the agent where one answers", "", verb_version, 0 },
};
#define VERBS (sizeof(verbs) / sizeof(*verbs))

static void help(FILE *out)
{
	fputs("usage: byway VERB [OPTION]...\n\n", out);
	for (size_t i = 0; i < VERBS; i++)
		fprintf(out, "  %-11s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n"
	      "  -o json|table     as a JSON document, or for people (default)\n"
	      "  --run-dir DIR     the agent's runDir (default: $BYWAY_RUN_DIR or " BYWAY_RUN_DIR
	      ")\n"
	      "  --bpf-dir DIR     its bpfDir (default: $BYWAY_BPF_DIR or " BYWAY_BPF_DIR ")\n"
	      "  --help            this, or after a verb more about it\n"
	      "\n"
	      "Where no agent answers, what can be known is read from the pinned maps.\n"
	      "Exit: 0 fine, 1 a problem was found, 2 wrong usage, 3 not running or not loaded.\n",
	      out);
}

static void verb_help(const struct verb *verb)
{
	printf("usage: byway %s [OPTION]...\n\n%s.\n\n%s\nbyway --help tells of the options that all "
	       "verbs take.\n",
	       verb->name, verb->summary, verb->details);
}

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

enum {
	OPT_RUN_DIR = 256,
	OPT_BPF_DIR,
	OPT_YES,
	OPT_FORCE,
	OPT_CNI_CONF_DIR,
	OPT_POD,
	OPT_SERVICE,
	OPT_STATE,
	OPT_PROTOCOL,
	OPT_SORT,
	OPT_LIMIT,
	OPT_COUNT,
};

static const struct option long_options[] = {
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "bpf-dir", required_argument, NULL, OPT_BPF_DIR },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "follow", no_argument, NULL, 'f' },
	{ "yes", no_argument, NULL, OPT_YES },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "cni-conf-dir", required_argument, NULL, OPT_CNI_CONF_DIR },
	{ "pod", required_argument, NULL, OPT_POD },
	{ "service", required_argument, NULL, OPT_SERVICE },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "protocol", required_argument, NULL, OPT_PROTOCOL },
	{ "sort", required_argument, NULL, OPT_SORT },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "count", no_argument, NULL, OPT_COUNT },
	{ NULL, 0, NULL, 0 },
};

/* What chose among connections was given; other verbs must not pass over it. */
static bool filters_given;

static bool output_parse(const char *text, struct options *options)
{
	options->json = !strcmp(text, "json");
	if (options->json || !strcmp(text, "table"))
		return true;
	fprintf(stderr, "byway: -o: must be json or table\n");
	return false;
}

static bool limit_parse(const char *text, struct options *options)
{
	char *end;
	unsigned long limit = strtoul(text, &end, 10);

	if (*text >= '0' && *text <= '9' && !*end) {
		options->limit = limit;
		return true;
	}
	fprintf(stderr, "byway: --limit: must be a whole number\n");
	return false;
}

/* The options of connections. */
static bool filter_take(int option, struct options *options)
{
	filters_given = true;
	switch (option) {
	case OPT_POD:
		options->pod = optarg;
		return true;
	case OPT_SERVICE:
		options->service = optarg;
		return true;
	case OPT_STATE:
		options->state = optarg;
		return true;
	case OPT_PROTOCOL:
		options->protocol = optarg;
		return true;
	case OPT_SORT:
		options->sort = optarg;
		return true;
	case OPT_LIMIT:
		return limit_parse(optarg, options);
	case OPT_COUNT:
		return options->count = true;
	default:
		return false; /* getopt has said why */
	}
}

static bool option_take(int option, struct options *options)
{
	switch (option) {
	case OPT_RUN_DIR:
		options->run_dir = optarg;
		return true;
	case OPT_BPF_DIR:
		options->bpf_dir = optarg;
		return true;
	case OPT_CNI_CONF_DIR:
		options->cni_conf_dir = optarg;
		return true;
	case OPT_YES:
		return options->yes = true;
	case OPT_FORCE:
		return options->force = true;
	case 'f':
		return options->follow = true;
	case 'o':
		return output_parse(optarg, options);
	default:
		return filter_take(option, options);
	}
}

static const char *from_environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static enum exit_status usage(const char *why, const char *what)
{
	fprintf(stderr, "byway: %s%s (see byway --help)\n", why, what);
	return EXIT_USAGE;
}

static bool options_fit(const struct options *options, const struct verb *verb)
{
	if (options->follow && !(verb->takes & TAKES_FOLLOW))
		return false;
	if (filters_given && !(verb->takes & TAKES_FILTERS))
		return false;
	return !(options->yes || options->force) || verb->takes & TAKES_REMOVAL;
}

int main(int argc, char **argv)
{
	struct options options = {
		.run_dir = from_environment("BYWAY_RUN_DIR", BYWAY_RUN_DIR),
		.bpf_dir = from_environment("BYWAY_BPF_DIR", BYWAY_BPF_DIR),
		.cni_conf_dir = AGENT_CNI_CONF_DIR,
	};
	const struct verb *verb;
	bool wants_help = false;
	int option;

	/*
	 * glibc's getopt moves what is no option behind the options: the verb may stand anywhere.
	 */
	while ((option = getopt_long(argc, argv, "o:hf", long_options, NULL)) != -1) {
		if (option == 'h')
			wants_help = true;
		else if (!option_take(option, &options))
			return EXIT_USAGE;
	}
	if (optind == argc)
		return help(wants_help ? stdout : stderr), wants_help ? EXIT_FINE : EXIT_USAGE;
	verb = verb_find(argv[optind]);
	if (!verb)
		return usage("there is no verb ", argv[optind]);
	if (wants_help)
		return verb_help(verb), EXIT_FINE;
	if (optind + 1 < argc && verb->takes & TAKES_NAME)
		options.name = argv[++optind];
	if (optind + 1 < argc)
		return usage("one argument too many: ", argv[optind + 1]);
	if (!options_fit(&options, verb))
		return usage("an option that is not this verb's: ", verb->name);
	return verb->run(&options);
}
