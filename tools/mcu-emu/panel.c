// SPDX-License-Identifier: GPL-2.0-only
/* Front of the NAS in the terminal: see panel.h. */

#include <ctype.h>
#include <curses.h>
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "panel.h"

/* Half the fastest blink's half period, so that no blink is missed. */
#define FRAME_NS	(50 * NSEC_PER_MSEC)

#define BAY_WIDTH	10
#define BAR_WIDTH	30
#define TABLE_COLUMN	12
#define COLUMNS_MIN	70
#define LINES_MIN	(ROW_LOG + 2)

enum row {
	ROW_TITLE = 0,
	ROW_BAYS = 2,
	ROW_STATUS = 7,
	ROW_USB,
	ROW_FAN,
	ROW_TEMP,
	ROW_BUZZER,
	ROW_BUTTON,
	ROW_LOG = 14,
};

enum colour {
	COLOUR_RED = 1,
	COLOUR_GREEN,
	COLOUR_ORANGE,
	COLOUR_BLUE,
	COLOUR_DARK,
};

/**
 * panel_open() - take the terminal
 * @panel: the panel
 * @emu: what to show
 *
 * Return: false if there is no terminal that can do it, with the reason printed.
 */
bool panel_open(struct panel *panel, struct emu *emu)
{
	const char *term = getenv("TERM");

	panel->emu = emu;
	panel->logged = 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		warnx("--panel needs a terminal: run it in one, without redirection");
		return false;
	}
	if (!newterm(NULL, stdout, stdin)) {
		warnx("--panel cannot use the terminal '%s': set TERM to a known one",
		      term ? term : "");
		return false;
	}

	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	start_color();
	use_default_colors();
	init_pair(COLOUR_RED, COLOR_RED, -1);
	init_pair(COLOUR_GREEN, COLOR_GREEN, -1);
	init_pair(COLOUR_ORANGE, COLOR_YELLOW, -1);
	init_pair(COLOUR_BLUE, COLOR_BLUE, -1);
	init_pair(COLOUR_DARK, COLOR_WHITE, -1);

	return true;
}

/**
 * panel_close() - give the terminal back
 * @panel: the panel
 */
void panel_close(struct panel *panel)
{
	panel->emu->panel = NULL;
	endwin();
}

/**
 * panel_log() - show a frame
 * @panel: the panel
 * @mark: mark of its direction
 * @data: its bytes
 * @len: how many
 * @words: what it means
 */
void panel_log(struct panel *panel, char mark, const u8 *data, size_t len, const char *words)
{
	char *line = panel->log[panel->logged++ % PANEL_LOG_LINES];
	FILE *memory = fmemopen(line, PANEL_LOG_WIDTH, "w");

	if (!memory)
		return;
	fprintf(memory, "%c %-42s", mark, words);
	print_hex(memory, data, len);
	fclose(memory);
	line[PANEL_LOG_WIDTH - 1] = '\0';
}

static void draw_lamp(int row, int column, bool lit, enum colour colour)
{
	const attr_t attributes = lit ? A_BOLD | A_REVERSE : A_DIM;

	attr_set(attributes, lit ? colour : COLOUR_DARK, NULL);
	mvaddstr(row, column, lit ? "(##)" : "(  )");
	attr_set(A_NORMAL, 0, NULL);
}

static void draw_label(int row, const char *label)
{
	mvprintw(row, 2, "%s", label);
	move(row, TABLE_COLUMN);
}

static void draw_title(const struct emu *emu)
{
	const char *model = emu->mcu.model->name;

	attron(A_BOLD);
	mvprintw(ROW_TITLE, 2, "QNAP %c%c-%s", toupper(model[0]), toupper(model[1]), model + 2);
	attroff(A_BOLD);
	printw("   MCU firmware %.*s   %s   host %s", MCU_FIRMWARE_SIZE, emu->mcu.firmware,
	       emu->mcu.powered ? "power on" : "POWER OFF",
	       emu->port.fd >= 0 ? "connected" : "not connected");
}

static void draw_bays(const struct mcu *mcu, u64 now)
{
	unsigned int bay;
	int column;

	for (bay = 0; bay < mcu->model->bays; bay++) {
		column = 2 + bay * BAY_WIDTH;
		mvaddstr(ROW_BAYS, column, "+--------+");
		mvprintw(ROW_BAYS + 1, column, "| HDD %u  |", bay + 1);
		mvaddstr(ROW_BAYS + 2, column, "|        |");
		draw_lamp(ROW_BAYS + 2, column + 3, mcu_disk_lit(mcu, bay, now), COLOUR_RED);
		mvaddstr(ROW_BAYS + 3, column, "+--------+");
	}
}

static void draw_status(const struct mcu *mcu, u64 now)
{
	const bool red = mcu_red_lit(mcu, now);
	const bool green = mcu_green_lit(mcu, now);
	enum colour colour = red ? COLOUR_RED : COLOUR_GREEN;

	if (red && green)
		colour = COLOUR_ORANGE;
	draw_label(ROW_STATUS, "Status");
	draw_lamp(ROW_STATUS, TABLE_COLUMN, red || green, colour);
	printw("  red %s, green %s%s", emu_led_name(mcu->red), emu_led_name(mcu->green),
	       mcu->alternate ? ", in turn" : "");

	if (!mcu->model->usb_led)
		return;
	draw_label(ROW_USB, "USB");
	draw_lamp(ROW_USB, TABLE_COLUMN, mcu_usb_lit(mcu, now), COLOUR_BLUE);
	printw("  %s", emu_led_name(mcu->usb));
}

static void draw_fan(struct mcu *mcu, u64 now)
{
	const int filled = mcu->pwm * BAR_WIDTH / UINT8_MAX;
	int i;

	draw_label(ROW_FAN, "Fan");
	addch('[');
	for (i = 0; i < BAR_WIDTH; i++)
		addch(i < filled ? '#' : '.');
	printw("] PWM %3u %6u rpm%s", mcu->pwm, mcu_rpm(mcu, now),
	       mcu->rpm_stuck ? "  STUCK" : "");
}

static void draw_rest(const struct emu *emu, u64 now)
{
	const struct mcu *mcu = &emu->mcu;

	draw_label(ROW_TEMP, "Case");
	printw("%d degrees", mcu->temp);
	draw_label(ROW_BUZZER, "Buzzer");
	printw("%s  %u short, %u long", now < mcu->beep_until ? "BEEP!" : "quiet",
	       mcu->beeps_short, mcu->beeps_long);
	draw_label(ROW_BUTTON, "Button");
	printw("%s%s", mcu_pressed(mcu, now) ? "PRESSED" : "not pressed",
	       now < emu->line.fault.mute_until ? "        MCU MUTE" : "");
}

static void draw_log(const struct panel *panel)
{
	const int room = LINES - ROW_LOG - 1;
	int shown = panel->logged < PANEL_LOG_LINES ? panel->logged : PANEL_LOG_LINES;
	int i;

	if (shown > room)
		shown = room;
	for (i = 0; i < shown; i++)
		mvaddnstr(ROW_LOG + i, 2,
			  panel->log[(panel->logged - shown + i) % PANEL_LOG_LINES], COLS - 3);
}

static void draw_keys(void)
{
	attron(A_REVERSE);
	mvaddstr(LINES - 1, 0, " p power button  + - temperature  f fan stuck  m mute  q quit ");
	attroff(A_REVERSE);
}

static void draw_front(struct panel *panel)
{
	struct emu *emu = panel->emu;
	const u64 now = loop_now();

	draw_title(emu);
	draw_bays(&emu->mcu, now);
	draw_status(&emu->mcu, now);
	draw_fan(&emu->mcu, now);
	draw_rest(emu, now);
	draw_log(panel);
	draw_keys();
}

static void draw(struct panel *panel)
{
	erase();
	if (COLS < COLUMNS_MIN || LINES < LINES_MIN)
		mvprintw(0, 0, "needs %d x %d", COLUMNS_MIN, LINES_MIN);
	else
		draw_front(panel);
	refresh();
}

static void change_temp(struct mcu *mcu, int step)
{
	const int temp = mcu->temp + step;

	if (temp >= MCU_TEMP_MIN && temp <= MCU_TEMP_MAX)
		mcu->temp = temp;
}

static void handle_key(struct emu *emu, int key)
{
	const u64 now = loop_now();

	switch (key) {
	case 'p':
		emu_press(emu, mcu_pressed(&emu->mcu, now) ? 0 : MCU_NEVER);
		break;
	case '+':
		change_temp(&emu->mcu, 1);
		break;
	case '-':
		change_temp(&emu->mcu, -1);
		break;
	case 'f':
		if (emu->mcu.rpm_stuck)
			mcu_free_fan(&emu->mcu, now);
		else
			mcu_set_rpm(&emu->mcu, now, 0);
		break;
	case 'm':
		emu_mute(emu, now < emu->line.fault.mute_until ? 0 : MCU_NEVER);
		break;
	case 'q':
		emu->quit = true;
		break;
	}
}

static void handle_terminal(void *context, short events)
{
	struct panel *panel = context;

	/* The terminal was closed. */
	if (events & (POLLHUP | POLLERR))
		panel->emu->quit = true;
}

/**
 * panel_watch() - say what the panel waits for
 * @panel: the panel
 * @loop: the loop
 */
void panel_watch(struct panel *panel, struct loop *loop)
{
	loop_watch(loop, STDIN_FILENO, POLLIN, handle_terminal, panel);
	loop_wake_at(loop, (loop_now() / FRAME_NS + 1) * FRAME_NS);
}

/**
 * panel_run() - act on keys and draw
 * @panel: the panel
 */
void panel_run(struct panel *panel)
{
	int key;

	while ((key = getch()) != ERR)
		handle_key(panel->emu, key);
	draw(panel);
}
