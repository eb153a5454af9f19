// SPDX-License-Identifier: GPL-2.0-only
/* Commands to the emulator, as text: see console.h. */

#include <stdlib.h>
#include <string.h>

#include <linux/array_size.h>

#include "console.h"
#include "number.h"
#include "setting.h"

#define WORDS_MAX 3

/**
 * struct console_call - a command that is to be carried out
 * @emu: the emulator
 * @out: where its answer goes
 * @words: the command's words, the name first
 * @count: how many there are
 */
struct console_call {
	struct emu *emu;
	FILE *out;
	char *words[WORDS_MAX];
	size_t count;
};

/* Each returns what is wrong, or NULL. */
typedef const char *(*console_handler)(const struct console_call *call);

/**
 * struct console_command - a command
 * @name: its name
 * @arguments: what may follow
 * @help: what it does
 * @min: least number of words, with the name
 * @max: most
 * @handler: who does it
 */
struct console_command {
	const char *name;
	const char *arguments;
	const char *help;
	size_t min;
	size_t max;
	console_handler handler;
};

static const char *do_help(const struct console_call *call);

static const char *do_state(const struct console_call *call)
{
	emu_report(call->emu, call->out);
	return NULL;
}

static const char *do_get(const struct console_call *call)
{
	const char *error = "no such key, see state";
	const size_t len = strlen(call->words[1]);
	char *report = NULL;
	char *rest, *line;
	FILE *memory;
	size_t size;

	memory = open_memstream(&report, &size);
	if (!memory)
		return "out of memory";
	emu_report(call->emu, memory);
	fclose(memory);

	for (line = strtok_r(report, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, call->words[1], len) || line[len] != '=')
			continue;
		fprintf(call->out, "%s\n", line);
		error = NULL;
	}
	free(report);

	return error;
}

static const char *do_press(const struct console_call *call)
{
	u64 duration = MCU_NEVER;

	if (call->count > 1 && !number_parse_ms(call->words[1], &duration))
		return "the time is in milliseconds";
	emu_press(call->emu, duration);
	return NULL;
}

static const char *do_release(const struct console_call *call)
{
	emu_press(call->emu, 0);
	return NULL;
}

static const char *do_temp(const struct console_call *call)
{
	long temp;

	if (!number_parse(call->words[1], MCU_TEMP_MIN, MCU_TEMP_MAX, &temp))
		return "a temperature is -128 to 127";
	call->emu->mcu.temp = temp;
	emu_remark_value(call->emu, "temperature", temp);
	return NULL;
}

static const char *do_rpm(const struct console_call *call)
{
	long rpm;

	if (!strcmp(call->words[1], "auto")) {
		mcu_free_fan(&call->emu->mcu, loop_now());
		emu_remark(call->emu, "fan follows the PWM");
		return NULL;
	}
	if (!number_parse(call->words[1], 0, MCU_RPM_LIMIT, &rpm))
		return "a fan speed is auto, or 0 to 1966050";
	mcu_set_rpm(&call->emu->mcu, loop_now(), rpm);
	emu_remark_value(call->emu, "fan pinned at rpm", rpm);
	return NULL;
}

static const char *do_pwm(const struct console_call *call)
{
	long pwm;

	if (!number_parse(call->words[1], 0, UINT8_MAX, &pwm))
		return "a PWM value is 0 to 255";
	mcu_set_pwm(&call->emu->mcu, loop_now(), pwm);
	emu_remark_value(call->emu, "fan PWM", pwm);
	return NULL;
}

static const char *do_mute(const struct console_call *call)
{
	u64 duration = MCU_NEVER;

	if (!strcmp(call->words[1], "off"))
		duration = 0;
	else if (strcmp(call->words[1], "on") && !number_parse_ms(call->words[1], &duration))
		return "on, off, or a time in milliseconds";
	emu_mute(call->emu, duration);
	return NULL;
}

static const char *do_reset(const struct console_call *call)
{
	emu_reset(call->emu);
	return NULL;
}

static const char *parse_count(const struct console_call *call, unsigned int *count)
{
	long value;

	if (!number_parse(call->words[1], 0, INT32_MAX, &value))
		return "the first argument says how many";
	*count = value;
	return NULL;
}

static const char *parse_count_ms(const struct console_call *call, unsigned int *count, u64 *time)
{
	if (!number_parse_ms(call->words[2], time))
		return "the time is in milliseconds";
	return parse_count(call, count);
}

static const char *do_status(const struct console_call *call)
{
	struct fault *fault = &call->emu->line.fault;

	if (strcmp(call->words[2], "8") && strcmp(call->words[2], "9"))
		return "the error is 8 or 9";
	fault->status = call->words[2][0];
	return parse_count(call, &fault->status_left);
}

static const char *do_drop(const struct console_call *call)
{
	return parse_count(call, &call->emu->line.fault.drop_left);
}

static const char *do_late(const struct console_call *call)
{
	struct fault *fault = &call->emu->line.fault;

	return parse_count_ms(call, &fault->late_left, &fault->late);
}

static const char *do_twice(const struct console_call *call)
{
	return parse_count(call, &call->emu->line.fault.twice_left);
}

static const char *do_corrupt(const struct console_call *call)
{
	return parse_count(call, &call->emu->line.fault.corrupt_left);
}

static const char *do_split(const struct console_call *call)
{
	struct fault *fault = &call->emu->line.fault;

	return parse_count_ms(call, &fault->split_left, &fault->split);
}

static const char *do_noise(const struct console_call *call)
{
	const char *text = call->words[1];
	u8 data[LINE_NOISE_MAX];
	size_t len;

	for (len = 0; *text; len++, text += 2)
		if (len == sizeof(data) || !number_parse_hex(text, &data[len]))
			return "noise is up to 256 bytes of two hexadecimal digits, unspaced";
	return line_send_noise(&call->emu->line, data, len) ? NULL : "too much noise";
}

static const char *do_seed(const struct console_call *call)
{
	return setting_seed(&call->emu->line.fault.seeded, call->words[1]);
}

static const char *do_fault(const struct console_call *call)
{
	if (!strcmp(call->words[1], "off")) {
		line_calm(&call->emu->line);
		return NULL;
	}
	return setting_fault(&call->emu->line.fault.seeded, call->words[1]);
}

static const char *do_fault_time(const struct console_call *call)
{
	return setting_fault_time(&call->emu->line.fault.seeded, call->words[1]);
}

static const char *do_fault_nth(const struct console_call *call)
{
	return setting_fault_nth(&call->emu->line.fault.seeded, call->words[1]);
}

static const char *do_faults(const struct console_call *call)
{
	emu_report_faults(call->emu, call->out);
	return NULL;
}

static const char *do_undetected(const struct console_call *call)
{
	truth_print_log(&call->emu->line.truth, call->out);
	return NULL;
}

static const char *do_trace(const struct console_call *call)
{
	struct trace *trace = &call->emu->trace;

	if (strcmp(call->words[1], "on") && strcmp(call->words[1], "off"))
		return "on or off";
	if (!trace->file)
		return "the panel has the terminal: start with --trace FILE";
	trace->on = !strcmp(call->words[1], "on");
	return NULL;
}

static const char *do_remark(const struct console_call *call)
{
	emu_remark(call->emu, call->words[1]);
	return NULL;
}

static const char *do_quit(const struct console_call *call)
{
	call->emu->quit = true;
	return NULL;
}

static const struct console_command commands[] = {
	{ "help", "", "print this", 1, 1, do_help },
	{ "state", "", "print the state, a line KEY=VALUE each", 1, 1, do_state },
	{ "get", "KEY", "print one line of the state", 2, 2, do_get },
	{ "press", "[MS]", "press the power button until release, or for a time", 1, 2, do_press },
	{ "release", "", "release the power button", 1, 1, do_release },
	{ "temp", "C", "set the temperature, -128 to 127", 2, 2, do_temp },
	{ "rpm", "auto|N", "let the fan follow the PWM, or pin its speed", 2, 2, do_rpm },
	{ "pwm", "N", "set the fan's PWM, 0 to 255", 2, 2, do_pwm },
	{ "mute", "on|off|MS", "swallow what the host sends", 2, 2, do_mute },
	{ "reset", "", "restart the MCU", 1, 1, do_reset },
	{ "status", "N 8|9", "refuse the next N commands with that error", 3, 3, do_status },
	{ "drop", "N", "do not send the next N replies", 2, 2, do_drop },
	{ "late", "N MS", "hold the next N replies back", 3, 3, do_late },
	{ "twice", "N", "send the next N replies twice", 2, 2, do_twice },
	{ "corrupt", "N", "flip a bit in the next N replies", 2, 2, do_corrupt },
	{ "split", "N MS", "pause before each further byte of the next N replies", 3, 3, do_split },
	{ "noise", "HEX", "send these bytes at once", 2, 2, do_noise },
	{ "seed", "N", "begin the random numbers of the faults anew", 2, 2, do_seed },
	{ "fault", "KIND=%|off", "let a fault strike by chance, or none any more", 2, 2, do_fault },
	{ "fault-time", "KIND=MS", "how long such a fault lasts", 2, 2, do_fault_time },
	{ "fault-nth", "KIND:N[:B]", "let it strike the Nth frame", 2, 2, do_fault_nth },
	{ "faults", "", "print how many there were, a line KEY=VALUE each", 1, 1, do_faults },
	{ "undetected", "", "print what the checksum did not show", 1, 1, do_undetected },
	{ "trace", "on|off", "switch the trace", 2, 2, do_trace },
	{ "remark", "WORD", "write a remark to the trace", 2, 2, do_remark },
	{ "quit", "", "end the emulator", 1, 1, do_quit },
};

static const char *do_help(const struct console_call *call)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(call->out, "%-12s%-12s%s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
	return NULL;
}

static const struct console_command *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];

	return NULL;
}

static void split_words(struct console_call *call, char *line)
{
	char *rest, *word;

	for (word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
		if (call->count < WORDS_MAX)
			call->words[call->count] = word;
		call->count++;
	}
}

static void print_verdict(const char *error, FILE *out)
{
	if (error)
		fprintf(out, "error: %s\n", error);
	else
		fprintf(out, "ok\n");
}

/**
 * console_run() - carry out a command
 * @emu: the emulator
 * @line: the command, without the line's end; it is taken apart
 * @out: where the answer goes: its lines, then "ok" or "error: " and the reason
 */
void console_run(struct emu *emu, char *line, FILE *out)
{
	struct console_call call = { .emu = emu, .out = out };
	const struct console_command *command;

	split_words(&call, line);
	if (!call.count)
		return;

	command = find(call.words[0]);
	if (!command)
		fprintf(out, "error: no such command, see help\n");
	else if (call.count < command->min || call.count > command->max)
		fprintf(out, "error: usage: %s %s\n", command->name, command->arguments);
	else
		print_verdict(command->handler(&call), out);
}
