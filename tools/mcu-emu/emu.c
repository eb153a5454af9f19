// SPDX-License-Identifier: GPL-2.0-only
/* The emulator: see emu.h. */

#include <err.h>

#include "emu.h"
#include "panel.h"

static void observe(void *context, u64 at, enum line_event event, const u8 *data, size_t len)
{
	struct emu *emu = context;
	char words[DESCRIBE_MAX];
	const char mark = trace_words(&emu->trace, event, data, len, words, sizeof(words));

	trace_frame(&emu->trace, at, mark, data, len, words);
	if (emu->panel)
		panel_log(emu->panel, mark, data, len, words);
}

/**
 * emu_init() - an emulator without a port and a trace
 * @emu: the emulator
 * @model: the NAS to emulate
 */
void emu_init(struct emu *emu, const struct mcu_model *model)
{
	mcu_init(&emu->mcu, model);
	line_init(&emu->line, &emu->mcu);
	emu->line.observer = observe;
	emu->line.context = emu;
	emu->trace.start = loop_now();
}

static void hang_up(struct emu *emu)
{
	line_restart(&emu->line);
	if (emu->port.kind == PORT_SOCKET) {
		port_hang_up(&emu->port);
		emu_remark(emu, "host disconnected");
		return;
	}
	warnx("the serial port is gone");
	emu->failed = true;
	emu->quit = true;
}

static void handle_port(void *context, short events)
{
	struct emu *emu = context;
	u8 data[LINE_RX_MAX];
	int len;

	(void)events;
	len = port_read(&emu->port, data, line_room(&emu->line));
	if (len < 0)
		hang_up(emu);
	else
		line_receive(&emu->line, loop_now(), data, len);
}

static void handle_listener(void *context, short events)
{
	struct emu *emu = context;

	(void)events;
	port_accept(&emu->port);
	if (emu->port.fd >= 0)
		emu_remark(emu, "host connected");
}

/**
 * emu_watch() - say what the emulator waits for
 * @emu: the emulator
 * @loop: the loop
 */
void emu_watch(struct emu *emu, struct loop *loop)
{
	if (emu->port.fd < 0)
		loop_watch(loop, emu->port.listener, POLLIN, handle_listener, emu);
	else if (line_room(&emu->line))
		loop_watch(loop, emu->port.fd, POLLIN, handle_port, emu);
	loop_wake_at(loop, line_due(&emu->line));
}

/**
 * emu_run() - let the MCU read and answer
 * @emu: the emulator
 */
void emu_run(struct emu *emu)
{
	const u64 now = loop_now();
	u8 data[LINE_NOISE_MAX];
	size_t len;

	line_run(&emu->line, now);
	len = line_output(&emu->line, now, data, sizeof(data));
	if (len)
		port_write(&emu->port, data, len);
}

/**
 * emu_remark() - put a remark in the trace
 * @emu: the emulator
 * @remark: the remark
 */
void emu_remark(struct emu *emu, const char *remark)
{
	trace_remark(&emu->trace, loop_now(), remark);
}

/**
 * emu_remark_value() - put a value in the trace
 * @emu: the emulator
 * @what: what it is the value of
 * @value: the value
 */
void emu_remark_value(struct emu *emu, const char *what, long value)
{
	char remark[DESCRIBE_MAX];

	snprintf(remark, sizeof(remark), "%s %ld", what, value);
	emu_remark(emu, remark);
}

/**
 * emu_reset() - restart the MCU
 * @emu: the emulator
 */
void emu_reset(struct emu *emu)
{
	line_restart(&emu->line);
	mcu_restart(&emu->mcu, loop_now());
	emu_remark(emu, "MCU restarted");
}

static u64 until(u64 duration)
{
	return duration == MCU_NEVER ? MCU_NEVER : loop_now() + duration;
}

/**
 * emu_press() - press or release the power button
 * @emu: the emulator
 * @duration: nanoseconds; %MCU_NEVER to hold it, 0 to release it
 */
void emu_press(struct emu *emu, u64 duration)
{
	mcu_press(&emu->mcu, until(duration));
	emu_remark(emu, duration ? "power button pressed" : "power button released");
}

/**
 * emu_mute() - silence the MCU
 * @emu: the emulator
 * @duration: nanoseconds; %MCU_NEVER for good, 0 to end it
 */
void emu_mute(struct emu *emu, u64 duration)
{
	emu->line.fault.mute_until = until(duration);
	emu_remark(emu, duration ? "MCU mute" : "MCU no longer mute");
}

/**
 * emu_led_name() - what an LED does, in a word
 * @led: what it does
 *
 * Return: the word.
 */
const char *emu_led_name(enum mcu_led led)
{
	static const char *const names[] = {
		[MCU_LED_OFF] = "off",
		[MCU_LED_ON] = "on",
		[MCU_LED_FAST] = "fast",
		[MCU_LED_SLOW] = "slow",
		[MCU_LED_BLINK] = "blink",
	};

	return names[led];
}

static void report_leds(const struct mcu *mcu, FILE *file)
{
	unsigned int bay;

	for (bay = 0; bay < mcu->model->bays; bay++)
		fprintf(file, "led.hdd%u=%s\n", bay + 1, emu_led_name(mcu->disk[bay]));
	if (mcu->model->usb_led)
		fprintf(file, "led.usb=%s\n", emu_led_name(mcu->usb));
	fprintf(file, "led.status.red=%s\n", emu_led_name(mcu->red));
	fprintf(file, "led.status.green=%s\n", emu_led_name(mcu->green));
	fprintf(file, "led.status.phase=%s\n", mcu->alternate ? "alternate" : "together");
}

/**
 * emu_report() - print the state, a line KEY=VALUE each
 * @emu: the emulator
 * @file: where
 */
void emu_report(struct emu *emu, FILE *file)
{
	const u64 now = loop_now();
	struct mcu *mcu = &emu->mcu;

	fprintf(file, "model=%s\n", mcu->model->name);
	fprintf(file, "firmware=%.*s\n", MCU_FIRMWARE_SIZE, mcu->firmware);
	fprintf(file, "power=%s\n", mcu->powered ? "on" : "off");
	fprintf(file, "temp=%d\n", mcu->temp);
	fprintf(file, "pwm=%u\n", mcu->pwm);
	fprintf(file, "rpm=%u\n", mcu_rpm(mcu, now));
	fprintf(file, "fan=%s\n", mcu->rpm_stuck ? "stuck" : "auto");
	fprintf(file, "button=%d\n", mcu_pressed(mcu, now));
	fprintf(file, "beeping=%d\n", now < mcu->beep_until);
	fprintf(file, "beeps_short=%u\n", mcu->beeps_short);
	fprintf(file, "beeps_long=%u\n", mcu->beeps_long);
	report_leds(mcu, file);
	fprintf(file, "mute=%d\n", now < emu->line.fault.mute_until);
	fprintf(file, "connected=%d\n", emu->port.fd >= 0);
	fprintf(file, "frames=%u\n", mcu->frames);
	fprintf(file, "errors=%u\n", mcu->bad_checksums + mcu->failures + emu->line.halves);
	fprintf(file, "bad_checksums=%u\n", mcu->bad_checksums);
	fprintf(file, "failures=%u\n", mcu->failures);
	fprintf(file, "half_frames=%u\n", emu->line.halves);
}

/**
 * emu_report_faults() - print what went wrong on purpose, a line KEY=VALUE each
 * @emu: the emulator
 * @file: where
 */
void emu_report_faults(const struct emu *emu, FILE *file)
{
	const struct truth *truth = &emu->line.truth;
	unsigned int kind;

	for (kind = 0; kind < SEEDED_KINDS; kind++)
		fprintf(file, "fault.%s=%u\n", seeded_name(kind),
			emu->line.fault.seeded.count[kind]);
	fprintf(file, "requests=%u\n", truth->requests);
	fprintf(file, "replies=%u\n", truth->replies);
	fprintf(file, "damaged_requests=%u\n", truth->damaged_requests);
	fprintf(file, "damaged_replies=%u\n", truth->damaged_replies);
	fprintf(file, "undetected_requests=%u\n", truth->undetected_requests);
	fprintf(file, "undetected_replies=%u\n", truth->undetected_replies);
}
