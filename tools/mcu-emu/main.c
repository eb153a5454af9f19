// SPDX-License-Identifier: GPL-2.0-only
/* mcu-emu: emulator of the QNAP microcontroller. */

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "control.h"
#include "emu.h"
#include "number.h"
#include "panel.h"
#include "setting.h"
#include "version.h"

#define EXIT_USAGE 2

static const char help_text[] =
"Usage: mcu-emu (--socket PATH | --pty [LINK] | --tty DEVICE) [OPTION]...\n"
"Emulate the microcontroller of a QNAP NAS on a serial line.\n"
"\n"
"The line, one of:\n"
"  --socket PATH    listen on a unix socket, as for QEMU's -chardev socket,path=PATH\n"
"  --pty [LINK]     open a pseudo terminal, print its name, make LINK point to it\n"
"  --tty DEVICE     use a serial port at 115200 baud\n"
"\n"
"The MCU:\n"
"  --model MODEL    ts133, ts233 or ts433 (default)\n"
"  --firmware XXXX  firmware version, four characters (default 0105)\n"
"  --eeprom FILE    content of the EEPROM, 256 bytes\n"
"  --temp C         temperature, -128 to 127 (default 35)\n"
"  --max-rpm N      speed of the fan at PWM 255 (default 6000)\n"
"  --latency MS     from a complete command to its reply (default 0.2)\n"
"  --quiet MS       silence after which half a command is given up (default 10)\n"
"  --instant        let bytes take no time, where the line is no serial port\n"
"\n"
"Faults, strewn in by chance or into one frame:\n"
"  --fault KIND=PERCENT      flip, lose or noise, of the bytes in both directions;\n"
"                            twice, late, split or babble, of the replies;\n"
"                            refuse8, refuse9 or silence, of the requests;\n"
"                            restart or reset, of both\n"
"  --fault-time KIND=MS      how late (default 700), what pauses (5), how long a\n"
"                            silence (5000), restart or reset (50), how long after\n"
"                            a reply babble may come (50)\n"
"  --fault-nth KIND:N[:BYTE] in the Nth frame of those that it can befall\n"
"  --seed N                  where the random numbers begin (default 0)\n"
"\n"
"Watching and controlling:\n"
"  --control PATH   take commands on a unix socket; 'help' lists them\n"
"  --stdin          take commands on standard input\n"
"  --trace [FILE]   write each frame in words, to standard output or FILE\n"
"  --panel          show the front of the NAS in the terminal\n"
"  --help           print this\n"
"  --version        print the version\n";

enum option_id {
	OPTION_SOCKET = 1,
	OPTION_PTY,
	OPTION_TTY,
	OPTION_MODEL,
	OPTION_FIRMWARE,
	OPTION_EEPROM,
	OPTION_TEMP,
	OPTION_MAX_RPM,
	OPTION_LATENCY,
	OPTION_QUIET,
	OPTION_INSTANT,
	OPTION_FAULT,
	OPTION_FAULT_TIME,
	OPTION_FAULT_NTH,
	OPTION_SEED,
	OPTION_CONTROL,
	OPTION_STDIN,
	OPTION_TRACE,
	OPTION_PANEL,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "pty", optional_argument, NULL, OPTION_PTY },
	{ "tty", required_argument, NULL, OPTION_TTY },
	{ "model", required_argument, NULL, OPTION_MODEL },
	{ "firmware", required_argument, NULL, OPTION_FIRMWARE },
	{ "eeprom", required_argument, NULL, OPTION_EEPROM },
	{ "temp", required_argument, NULL, OPTION_TEMP },
	{ "max-rpm", required_argument, NULL, OPTION_MAX_RPM },
	{ "latency", required_argument, NULL, OPTION_LATENCY },
	{ "quiet", required_argument, NULL, OPTION_QUIET },
	{ "instant", no_argument, NULL, OPTION_INSTANT },
	{ "fault", required_argument, NULL, OPTION_FAULT },
	{ "fault-time", required_argument, NULL, OPTION_FAULT_TIME },
	{ "fault-nth", required_argument, NULL, OPTION_FAULT_NTH },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "control", required_argument, NULL, OPTION_CONTROL },
	{ "stdin", no_argument, NULL, OPTION_STDIN },
	{ "trace", optional_argument, NULL, OPTION_TRACE },
	{ "panel", no_argument, NULL, OPTION_PANEL },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ }
};

/**
 * struct settings - what the command line asks for
 * @port: the line
 * @model: the NAS
 * @firmware: firmware version, or NULL
 * @eeprom: file with the EEPROM's content, or NULL
 * @temp: temperature
 * @max_rpm: speed of the fan at full PWM
 * @latency: nanoseconds
 * @quiet: nanoseconds
 * @instant: whether bytes take no time
 * @faults: what goes wrong by chance
 * @control: socket for commands, or NULL
 * @use_stdin: whether to take commands on standard input
 * @trace: whether to trace
 * @trace_file: where to, or NULL for standard output
 * @panel: whether to show the panel
 */
struct settings {
	struct port port;
	const struct mcu_model *model;
	const char *firmware;
	const char *eeprom;
	long temp;
	long max_rpm;
	u64 latency;
	u64 quiet;
	bool instant;
	struct seeded faults;
	const char *control;
	bool use_stdin;
	bool trace;
	const char *trace_file;
	bool panel;
};

static noreturn void usage(const char *what, const char *why)
{
	if (what)
		warnx("%s: %s", what, why);
	else if (why)
		warnx("%s", why);
	fprintf(stderr, "Try 'mcu-emu --help'.\n");
	exit(EXIT_USAGE);
}

static void set_port(struct settings *settings, enum port_kind kind, const char *path)
{
	if (settings->port.kind != PORT_NONE)
		usage(NULL, "give only one of --socket, --pty and --tty");
	settings->port.kind = kind;
	settings->port.path = path;
}

/* Lets an optional argument stand alone, as nothing but options is expected. */
static char *optional_word(char **argv)
{
	if (!optarg && argv[optind] && argv[optind][0] != '-')
		return argv[optind++];

	return optarg;
}

static void set_mcu(struct settings *settings, int id)
{
	switch (id) {
	case OPTION_MODEL:
		settings->model = mcu_model_find(optarg);
		if (!settings->model)
			usage(optarg, "the models are ts133, ts233 and ts433");
		break;
	case OPTION_FIRMWARE:
		if (strlen(optarg) != MCU_FIRMWARE_SIZE)
			usage(optarg, "a firmware version has four characters");
		settings->firmware = optarg;
		break;
	case OPTION_EEPROM:
		settings->eeprom = optarg;
		break;
	case OPTION_TEMP:
		if (!number_parse(optarg, MCU_TEMP_MIN, MCU_TEMP_MAX, &settings->temp))
			usage(optarg, "a temperature is -128 to 127");
		break;
	case OPTION_MAX_RPM:
		if (!number_parse(optarg, 0, MCU_RPM_LIMIT, &settings->max_rpm))
			usage(optarg, "--max-rpm is 0 to 1966050");
		break;
	}
}

static void set_line(struct settings *settings, int id, char **argv)
{
	switch (id) {
	case OPTION_SOCKET:
		set_port(settings, PORT_SOCKET, optarg);
		break;
	case OPTION_PTY:
		set_port(settings, PORT_PTY, optional_word(argv));
		break;
	case OPTION_TTY:
		set_port(settings, PORT_TTY, optarg);
		break;
	case OPTION_LATENCY:
		if (!number_parse_ms(optarg, &settings->latency))
			usage(optarg, "--latency takes a time in milliseconds");
		break;
	case OPTION_QUIET:
		if (!number_parse_ms(optarg, &settings->quiet))
			usage(optarg, "--quiet takes a time in milliseconds");
		break;
	case OPTION_INSTANT:
		settings->instant = true;
		break;
	}
}

static void set_faults(struct settings *settings, int id)
{
	const char *error = NULL;

	switch (id) {
	case OPTION_FAULT:
		error = setting_fault(&settings->faults, optarg);
		break;
	case OPTION_FAULT_TIME:
		error = setting_fault_time(&settings->faults, optarg);
		break;
	case OPTION_FAULT_NTH:
		error = setting_fault_nth(&settings->faults, optarg);
		break;
	case OPTION_SEED:
		error = setting_seed(&settings->faults, optarg);
		break;
	}
	if (error)
		usage(optarg, error);
}

static void set_watching(struct settings *settings, int id, char **argv)
{
	switch (id) {
	case OPTION_CONTROL:
		settings->control = optarg;
		break;
	case OPTION_STDIN:
		settings->use_stdin = true;
		break;
	case OPTION_TRACE:
		settings->trace = true;
		settings->trace_file = optional_word(argv);
		break;
	case OPTION_PANEL:
		settings->panel = true;
		break;
	case OPTION_HELP:
		fputs(help_text, stdout);
		exit(EXIT_SUCCESS);
	case OPTION_VERSION:
		printf("mcu-emu %s\n", MCU_EMU_VERSION);
		exit(EXIT_SUCCESS);
	default:
		usage(NULL, NULL);
	}
}

static void check_settings(const struct settings *settings)
{
	if (settings->port.kind == PORT_NONE)
		usage(NULL, "where is the line? Give one of --socket, --pty and --tty");
	if (settings->panel && settings->use_stdin)
		usage(NULL, "--panel and --stdin both want the keyboard: use --control instead");
	if (settings->panel && settings->trace && !settings->trace_file)
		usage(NULL, "--panel has the terminal: use --trace FILE");
}

static void parse_command_line(struct settings *settings, int argc, char **argv)
{
	int id;

	while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (id) {
		case OPTION_MODEL ... OPTION_MAX_RPM:
			set_mcu(settings, id);
			break;
		case OPTION_SOCKET ... OPTION_TTY:
		case OPTION_LATENCY ... OPTION_INSTANT:
			set_line(settings, id, argv);
			break;
		case OPTION_FAULT ... OPTION_SEED:
			set_faults(settings, id);
			break;
		default:
			set_watching(settings, id, argv);
		}
	}
	if (argv[optind])
		usage(argv[optind], "not an option");
	check_settings(settings);
}

static void load_eeprom(struct mcu *mcu, const char *path)
{
	u8 content[MCU_EEPROM_SIZE + 1];
	FILE *file = fopen(path, "r");
	size_t len;

	if (!file)
		err(EXIT_FAILURE, "cannot open %s", path);
	len = fread(content, 1, sizeof(content), file);
	if (ferror(file))
		err(EXIT_FAILURE, "cannot read %s", path);
	fclose(file);
	if (len != MCU_EEPROM_SIZE)
		errx(EXIT_FAILURE, "%s: an EEPROM image has %d bytes, this file has %s", path,
		     MCU_EEPROM_SIZE, len < MCU_EEPROM_SIZE ? "fewer" : "more");
	memcpy(mcu->eeprom, content, MCU_EEPROM_SIZE);
}

static void open_trace(struct trace *trace, const struct settings *settings)
{
	trace->on = settings->trace;
	if (settings->trace_file)
		trace->file = fopen(settings->trace_file, "we");
	else if (!settings->panel)
		trace->file = stdout;
	if (settings->trace && !trace->file)
		err(EXIT_FAILURE, "cannot write %s", settings->trace_file);
	if (trace->file)
		setvbuf(trace->file, NULL, _IOLBF, 0);
}

static void set_up(struct emu *emu, const struct settings *settings)
{
	emu_init(emu, settings->model);
	emu->port = settings->port;
	emu->line.latency = settings->latency;
	emu->line.quiet = settings->quiet;
	/* A serial port takes the time by itself. */
	if (settings->instant || settings->port.kind == PORT_TTY)
		emu->line.byte_time = 0;
	emu->line.fault.seeded = settings->faults;
	emu->mcu.temp = settings->temp;
	mcu_set_rpm_max(&emu->mcu, settings->max_rpm);
	if (settings->firmware)
		memcpy(emu->mcu.firmware, settings->firmware, MCU_FIRMWARE_SIZE);
	if (settings->eeprom)
		load_eeprom(&emu->mcu, settings->eeprom);
	open_trace(&emu->trace, settings);
}

/* Signals that end us become readable, so that nothing is interrupted halfway. */
static int open_signals(void)
{
	sigset_t signals;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void handle_signal(void *context, short events)
{
	struct emu *emu = context;

	(void)events;
	emu->quit = true;
}

static void turn(struct emu *emu, struct control *control, int signals)
{
	struct loop loop;

	loop_begin(&loop);
	loop_watch(&loop, signals, POLLIN, handle_signal, emu);
	emu_watch(emu, &loop);
	control_watch(control, &loop);
	if (emu->panel)
		panel_watch(emu->panel, &loop);
	if (!loop_wait(&loop)) {
		warn("cannot wait");
		emu->failed = true;
		emu->quit = true;
	}
	emu_run(emu);
	if (emu->panel)
		panel_run(emu->panel);
}

static void run(struct emu *emu, const struct settings *settings)
{
	const int signals = open_signals();
	struct control control;
	struct panel panel;

	/* The kernel's usual slack of 50 us is half a byte on the wire. */
	prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
	emu->failed = !control_open(&control, emu, settings->control, settings->use_stdin) ||
		      !port_open(&emu->port);
	if (!emu->failed && settings->panel) {
		emu->failed = !panel_open(&panel, emu);
		emu->panel = emu->failed ? NULL : &panel;
	}

	while (!emu->failed && !emu->quit)
		turn(emu, &control, signals);

	if (emu->panel)
		panel_close(emu->panel);
	port_close(&emu->port);
	control_close(&control);
}

int main(int argc, char **argv)
{
	static struct emu emu;
	struct settings settings = {
		.model = mcu_model_find("ts433"),
		.port = { .fd = -1, .listener = -1, .slave = -1 },
		.temp = 35,
		.max_rpm = MCU_RPM_DEFAULT,
		.latency = LINE_LATENCY_NS,
		.quiet = LINE_QUIET_NS,
	};

	seeded_init(&settings.faults);
	parse_command_line(&settings, argc, argv);
	set_up(&emu, &settings);
	run(&emu, &settings);

	return emu.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
