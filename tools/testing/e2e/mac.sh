# SPDX-License-Identifier: GPL-2.0-only
# The Ethernet controller of a TS-433 asks the MCU's EEPROM for its address. What becomes of it when
# the MCU's modules are late or missing, the MCU is silent, or the boot loader has put an address
# into the device tree: the kernel command line says which.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

case=$(sed -n 's/.*\<qnap\.mac=\([^ ]*\).*/\1/p' /proc/cmdline)
board=$(sed -n 's/.*\<qnap\.board=\([^ ]*\).*/\1/p' /proc/cmdline)
address=/sys/class/net/eth0/address
deferred=/sys/kernel/debug/devices_deferred
# What the EEPROM has where the device tree says.
read -r offset size <<-END
	$(sed -n 's/^nic //p' "/tests/$board.facts")
END
eeprom=$(dd if=/tests/eeprom bs=1 skip="$offset" count="$size" 2> /dev/null)

# since_boot TEXT: for whoever reads the results.
since_boot()
{
	echo "# $1 after $(cut -d ' ' -f 1 /proc/uptime) s"
}

# has_address SECONDS ADDRESS TYPE: within that time. Type 0 is the hardware's own, 1 a random one.
has_address()
{
	eventually "$1" test -e $address
	want "$2" cat $address
	want "$3" cat /sys/class/net/eth0/addr_assign_type
}

no_controller()
{
	[ ! -e $address ] || fail "there is one, with $(cat $address)"
	want_text '\.ethernet' cat $deferred
}

# Ten seconds after the last module was loaded the kernel no longer waits for optional suppliers.
wait_for_timeout()
{
	since_boot "waiting for the kernel's timeout"
	sleep 12
}

load_from_root()
{
	cp -a /root-modules/lib /
	modprobe qnap-mcu
}

driver_goes()
{
	rmmod leds-qnap-mcu qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff nvmem-qnap-mcu-eeprom
	rmmod qnap-mcu
	[ -e $address ] || fail "and the controller with it"
	modprobe qnap-mcu
	want "$1" cat $address
}

mac_present()
{
	it "it has the EEPROM's address" has_address 10 "$eeprom" 0
	since_boot "there"
	it "it stays when the MCU's driver goes" driver_goes "$eeprom"
}

mac_plain()
{
	eventually 10 test -e $address
	since_boot "there"
	it "without a word about the EEPROM it has a random address" \
		has_address 10 "$(cat $address)" 1
}

mac_late()
{
	it "the system is up without the MCU's driver" test ! -d /sys/module/qnap_mcu
	it "there is no controller, and debugfs tells" no_controller
	wait_for_timeout
	it "there is still none after the kernel's timeout" no_controller
	load_from_root
	since_boot "the MCU's modules were loaded"
	it "once they are loaded it has the EEPROM's address" has_address 10 "$eeprom" 0
	since_boot "there"
}

mac_silent()
{
	it "the core is loaded" eventually 20 module_loaded qnap-mcu
	it "there is no controller while the MCU is silent" no_controller
	wait_for_timeout
	it "there is still none after the kernel's timeout" no_controller
	mcu mute off
	since_boot "the MCU speaks"
	it "once it speaks there is, with the EEPROM's address" has_address 20 "$eeprom" 0
	since_boot "there"
}

mac_bootloader()
{
	it "the MCU's driver is not there" test ! -d /sys/module/qnap_mcu
	it "the boot loader's address needs none" has_address 5 02:11:22:33:44:55 0
	since_boot "there"
	load_from_root
	it "the MCU's driver is there" eventually 20 all_bound
	it "the boot loader's address stays" has_address 1 02:11:22:33:44:55 0
}

dmesg | sed -n 's/^\[ *\([0-9.]*\)\] Run .* as init process/# the first process ran after \1 s/p'
since_boot "the script runs"
"mac_$case"
done_testing
