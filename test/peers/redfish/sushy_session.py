"""What sushy makes of the simulated machines' Redfish service: one JSON object on standard output."""

import json
import sys
import time

import sushy
from sushy import auth as sushy_auth

url, system_path, files = sys.argv[1:4]
told = {}

auth = sushy_auth.SessionAuth("admin", "password")
root = sushy.Sushy(url, verify=False, auth=auth)
told["token"] = bool(auth.get_session_key())
system = root.get_system(system_path)
told["uuid"] = system.uuid
told["power"] = [system.power_state.value]

system.set_system_boot_options(sushy.BOOT_SOURCE_TARGET_BIOS_SETUP, enabled=sushy.BOOT_SOURCE_ENABLED_ONCE)
system.refresh()
told["boot"] = [system.boot["target"].value, system.boot["enabled"].value]
system.reset_system(sushy.RESET_ON)
system.refresh()
told["power"].append(system.power_state.value)
system.reset_system(sushy.RESET_FORCE_OFF)

told["macs"] = sorted(system.ethernet_interfaces.summary)
told["memory"] = system.memory_summary.size_gib
told["cpus"] = [cpu.total_threads for cpu in system.processors.get_members()]

bios = system.bios
told["bios"] = bios.attributes["ProcTurboMode"]
bios.set_attributes({"ProcTurboMode": "Disabled"}, apply_time=sushy.APPLY_TIME_ON_RESET)
system.reset_system(sushy.RESET_ON)
for _ in range(100):
    bios.refresh(force=True)
    if bios.attributes["ProcTurboMode"] == "Disabled":
        break
    time.sleep(0.05)
told["bios_after"] = bios.attributes["ProcTurboMode"]
registry = bios.get_attribute_registry(language="en")
told["registry"] = len(registry.registry_entries.attributes)
system.reset_system(sushy.RESET_FORCE_OFF)

told["secure_boot"] = [system.secure_boot.enabled]
system.secure_boot.set_enabled(True)
system.secure_boot.reset_keys(sushy.SECURE_BOOT_RESET_KEYS_TO_DEFAULT)

manager = system.managers[0]
told["bmc"] = manager.firmware_version
media = [device for device in manager.virtual_media.get_members() if sushy.VIRTUAL_MEDIA_CD in device.media_types][0]
media.insert_media(files + "/boot.iso")
media.refresh(force=True)
told["inserted"] = [media.inserted, media.image]
media.eject_media()
media.refresh(force=True)
told["ejected"] = media.inserted

storage = system.storage.get_members()[0]
drives = [drive.path for drive in storage.drives][:2]
storage.volumes.create({"RAIDType": "RAID1", "Links": {"Drives": [{"@odata.id": path} for path in drives]}})
for _ in range(200):
    storage.volumes.refresh(force=True)
    told["volumes"] = len(storage.volumes.members_identities)
    if told["volumes"]:
        break
    time.sleep(0.05)

update = root.get_update_service()
monitor = update.simple_update(files + "/bmc-9.1.bin", targets=["/redfish/v1/UpdateService/FirmwareInventory/sim-1.bmc"])
# sushy waits on the task itself, which answers 200 while it runs (DSP0266 asks for 202 of its monitor alone).
for _ in range(200):
    try:
        told["bmc_after"] = root.get_manager(manager.path).firmware_version
    except sushy.exceptions.AccessError:
        pass  # new firmware of a BMC ends its sessions
    if told.get("bmc_after") == "9.1":
        break
    time.sleep(0.05)
monitor.refresh()
told["task"] = monitor.is_processing

events = root.get_event_service()
made = events.subscriptions.create(
    {"Destination": "https://x.example/", "Protocol": "Redfish", "Context": "c", "EventTypes": ["Alert"]}
)
events.subscriptions.refresh(force=True)
told["subscriptions"] = len(events.subscriptions.get_members())
made.delete()

told["sensors"] = len(system.chassis[0].thermal.temperatures)
system.set_indicator_led(sushy.INDICATOR_LED_BLINKING)
system.refresh(force=True)
told["led"] = system.indicator_led.value
auth.close()
print(json.dumps(told))
