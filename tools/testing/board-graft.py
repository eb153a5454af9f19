#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Takes what a board's device tree says of the microcontroller over into the tree of QEMU's machine:
#
#	board-graft.py [--stock] BOARD.dtb MACHINE.dtb FACTS [ZONE] > GRAFTED.dts
#
# The MCU's node comes below a serial port in PCI slot 1, just as it is, and so does the thermal zone
# of its sensor. An Ethernet controller that asks the MCU for its address becomes that of
# guest/nic.dtsi. What the guest should make of all this is written to FACTS, for e2e/board.sh.
#
# With ZONE it is that thermal zone which is taken over. The MCU's sensor stands in for the zone's own,
# which QEMU does not have, and only what cools with the fan is left: a sensor can serve one zone.
#
# With --stock the tree may be a kernel's own, which knows less: what is not there is left out. The
# board's name comes along then, and its keys take the place of the machine's only one: what QEMU's
# system_powerdown presses is the copy key, or the reset key of a board without.

import struct
import sys

BEGIN, END, PROPERTY, NOP = 1, 2, 3, 4
NO_LIMIT = 0xffffffff
PORT = "pcie@10000000/serial@1,0"


class Node:
    def __init__(self, name, parent=None):
        self.name, self.parent = name, parent
        self.props, self.children = {}, {}
        if parent:
            parent.children[name] = self

    def child(self, path):
        node = self
        for name in path.split("/"):
            node = node.children.get(name) or Node(name, node)
        return node

    def walk(self):
        yield self
        for child in self.children.values():
            yield from child.walk()

    def strings(self, prop):
        return self.props.get(prop, b"").decode().rstrip("\0").split("\0")

    def cells(self, prop):
        value = self.props.get(prop, b"")
        return list(struct.unpack(">%dI" % (len(value) // 4), value))


def text_at(blob, offset):
    return blob[offset:blob.index(b"\0", offset)].decode()


def read_dtb(path):
    with open(path, "rb") as file:
        blob = file.read()
    magic, _, at, names = struct.unpack_from(">4I", blob)
    if magic != 0xd00dfeed:
        sys.exit("%s is no device tree" % path)
    node = root = None
    while node is not None or root is None:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN:
            node = Node(text_at(blob, at), node)
            root = root or node
            at += len(node.name) // 4 * 4 + 4
        elif token == END:
            node = node.parent
        elif token == PROPERTY:
            size, name = struct.unpack_from(">2I", blob, at)
            node.props[text_at(blob, names + name)] = blob[at + 8:at + 8 + size]
            at += 8 + (size + 3) // 4 * 4
        elif token != NOP:
            sys.exit("%s: token %#x" % (path, token))
    return root


def find_phandle(root, phandle):
    return next(node for node in root.walk() if node.cells("phandle") == [phandle])


def find_mcus(root):
    return [node for node in root.walk() if node.strings("compatible")[0].endswith("-mcu")]


def find_mcu(root):
    mcus = find_mcus(root)
    if len(mcus) != 1:
        sys.exit("%d nodes of a microcontroller" % len(mcus))
    return mcus[0]


def find_fan(mcu):
    return next(node for node in mcu.children.values() if node.name.startswith("fan-"))


# Three cells for each cooling device: which one, lowest and highest state.
def fan_limits(cooling_map, fan):
    cells = cooling_map.cells("cooling-device")
    devices = [cells[i:i + 3] for i in range(0, len(cells), 3)]
    return [device for device in devices if device[:1] == fan.cells("phandle")]


def keep_fan_maps(zone, fan):
    maps = zone.child("cooling-maps").children
    for name, cooling_map in list(maps.items()):
        limits = fan_limits(cooling_map, fan)
        if limits:
            cooling_map.props["cooling-device"] = struct.pack(">3I", *limits[0])
        else:
            del maps[name]


def has_zone(board, mcu):
    return "phandle" in mcu.props and any(
        node.cells("thermal-sensors") == mcu.cells("phandle") for node in board.walk())


def mcu_zone(board, mcu):
    zones = board.child("thermal-zones").children.values()
    return next(zone for zone in zones
                if zone.cells("thermal-sensors") == mcu.cells("phandle"))


def borrowed_zone(board, mcu, fan, name):
    zone = board.child("thermal-zones").children[name]
    keep_fan_maps(zone, fan)
    zone.props["thermal-sensors"] = mcu.props["phandle"]
    return zone


# The Ethernet controller that asks for an address in the MCU's EEPROM, if there is one.
def find_nic(board, mcu):
    ours = [node.cells("phandle") for node in mcu.walk() if node.cells("phandle")]
    nics = [node for node in board.walk()
            if node.cells("nvmem-cells")[:1] in ours and node.strings("status") == ["okay"]]
    return nics[0] if nics else None


def graft_nic(nic):
    print('/include/ "nic.dtsi"\n&nic {')
    for name in ("nvmem-cells", "nvmem-cell-names", "post-init-providers"):
        if name in nic.props:
            print("\t%s = [%s];" % (name, nic.props[name].hex(" ")))
    print("};")


def print_node(node, depth=0):
    indent = "\t" * depth
    print("%s%s {" % (indent, node.name or "/"))
    for name, value in node.props.items():
        print("%s\t%s = [%s];" % (indent, name, value.hex(" ")) if value else
              "%s\t%s;" % (indent, name))
    for child in node.children.values():
        print_node(child, depth + 1)
    print("%s};" % indent)


# trip ZONE TEMPERATURE HYSTERESIS TYPE [LOWEST HIGHEST]: the states that a map has for it.
def trip_facts(zone, fan):
    limits = {}
    for cooling_map in zone.child("cooling-maps").children.values():
        _, low, high = fan_limits(cooling_map, fan)[0]
        limits[cooling_map.props["trip"]] = (
            0 if low == NO_LIMIT else low,
            len(fan.cells("cooling-levels")) - 1 if high == NO_LIMIT else high)
    for trip in zone.child("trips").children.values():
        yield ("trip", zone.name, *trip.cells("temperature"), *trip.cells("hysteresis"),
               *trip.strings("type"), *limits.get(trip.props.get("phandle"), ()))


def zone_facts(mcu, fan, zone):
    yield ("models", *(name[5:-4] for name in mcu.strings("compatible")))
    yield ("levels", *fan.cells("cooling-levels"))
    yield ("zone", zone.name, *zone.cells("polling-delay"))
    yield from trip_facts(zone, fan)


def led_name(number):
    """What an LED of that number is called: see the MCU's binding."""
    others = {0x10: "usb:blue:disk", 0x20: "red:status", 0x21: "green:status"}
    return others.get(number, "hdd%d:red:status" % (number + 1))


def mcu_facts(board, mcu):
    yield ("bays", sum(name.startswith("hdd") and name.endswith(":green:disk")
                       for node in board.walk() for name in node.strings("label")))
    for led in mcu.child("leds").children.values():
        yield ("led", led_name(*led.cells("reg")), *led.strings("default-state"))
    for cell in mcu.child("nvmem-layout").children.values():
        kind = "mac" if "mac-base" in cell.strings("compatible") else "plain"
        yield ("cell", cell.name, kind, *cell.cells("reg"))


def nic_facts(board, nic):
    cell, index = nic.cells("nvmem-cells")
    if index:
        sys.exit("%s: an address that is not in the EEPROM itself" % nic.name)
    yield ("nic", *find_phandle(board, cell).cells("reg"))


def graft_mcu(machine, mcu):
    port = machine.child(PORT)
    port.props["reg"] = struct.pack(">5I", 0x800, 0, 0, 0, 0)
    port.props["#address-cells"] = struct.pack(">I", 3)
    port.props["#size-cells"] = struct.pack(">I", 2)
    port.children[mcu.name] = mcu


def graft_all(board, machine, facts_file, zone_name=None):
    mcu = find_mcu(board)
    fan = find_fan(mcu)
    nic = None if zone_name else find_nic(board, mcu)
    zone = borrowed_zone(board, mcu, fan, zone_name) if zone_name else mcu_zone(board, mcu)
    machine.child("thermal-zones").children[zone.name] = zone
    graft_mcu(machine, mcu)
    print("/dts-v1/;")
    print_node(machine)
    facts = list(zone_facts(mcu, fan, zone))
    if not zone_name:
        facts += mcu_facts(board, mcu)
    if nic:
        graft_nic(nic)
        facts += nic_facts(board, nic)
    write_facts(facts_file, facts)


# Lines from the third on, the key with the lowest code first: KEY_COPY is lower than KEY_RESTART.
def graft_keys(board, machine):
    gpio = next(iter(machine.children.pop("gpio-keys").children.values())).cells("gpios")[0]
    keys = board.child("keys")
    for name in list(keys.props):
        if name != "compatible":
            del keys.props[name]
    for line, key in enumerate(sorted(keys.children.values(), key=lambda k: k.cells("linux,code"))):
        key.props["gpios"] = struct.pack(">3I", gpio, 3 + line, 0)
    machine.children[keys.name] = keys


# Of a tree in which the MCU has no zone the MCU alone is taken, if there is one.
def graft_stock(board, machine, facts_file):
    for name in ("model", "compatible"):
        machine.props[name] = board.props[name]
    graft_keys(board, machine)
    mcus = find_mcus(board)
    if mcus and has_zone(board, mcus[0]):
        graft_all(board, machine, facts_file)
        return
    for mcu in mcus:
        graft_mcu(machine, mcu)
    print("/dts-v1/;")
    print_node(machine)
    write_facts(facts_file, [])


def write_facts(facts_file, facts):
    with open(facts_file, "w") as file:
        for fact in facts:
            print(*fact, file=file)


def main(board_file, machine_file, *arguments):
    board, machine = read_dtb(board_file), read_dtb(machine_file)
    graft_all(board, machine, *arguments)


def main_stock(board_file, machine_file, facts_file):
    graft_stock(read_dtb(board_file), read_dtb(machine_file), facts_file)


if sys.argv[1:2] == ["--stock"]:
    main_stock(*sys.argv[2:])
else:
    main(*sys.argv[1:])
