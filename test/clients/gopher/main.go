// Drives a bare metal service with gophercloud, as Metal3 does: `gopher <endpoint>/v1 <scenario>`; ends with 1 and a
// sentence where an answer is not what it should be.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/noauth"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/allocations"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/conductors"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/drivers"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/nodes"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/ports"
)

type scenario func(ctx context.Context, client *gophercloud.ServiceClient)

var scenarios = map[string]scenario{
	"nodes":       nodeCrud,
	"states":      provisionStates,
	"ports":       portCrud,
	"allocations": allocate,
	"hardware":    hardware,
	"media":       media,
	"drives":      drives,
	"services":    services,
}

func main() {
	client, err := noauth.NewBareMetalNoAuth(noauth.EndpointOpts{IronicEndpoint: os.Args[1]})
	must(err, "client")
	client.Microversion = "1.109"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	run, known := scenarios[os.Args[2]]
	check(known, "there is no scenario %q", os.Args[2])
	run(ctx, client)
}

func check(holds bool, format string, args ...any) {
	if !holds {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
		os.Exit(1)
	}
}

func must(err error, doing string) {
	check(err == nil, "%s: %v", doing, err)
}

func got[T any](value T, err error) T {
	must(err, fmt.Sprintf("%T", value))
	return value
}

func makeNode(ctx context.Context, client *gophercloud.ServiceClient, name string) *nodes.Node {
	opts := nodes.CreateOpts{Driver: "fake-hardware", Name: name, ResourceClass: name}
	return got(nodes.Create(ctx, client, opts).Extract())
}

func drive(ctx context.Context, client *gophercloud.ServiceClient, id string, opts nodes.ProvisionStateOpts, state nodes.ProvisionState) {
	must(nodes.ChangeProvisionState(ctx, client, id, opts).ExtractErr(), string(opts.Target))
	err := gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		node, err := nodes.Get(ctx, client, id).Extract()
		return err == nil && node.ProvisionState == string(state) && node.Reservation == "", err
	})
	must(err, "waiting for "+string(state))
}

func available(ctx context.Context, client *gophercloud.ServiceClient, name string) *nodes.Node {
	node := makeNode(ctx, client, name)
	must(nodes.ChangePowerState(ctx, client, node.UUID, nodes.PowerStateOpts{Target: nodes.PowerOff}).ExtractErr(), "power off")
	drive(ctx, client, node.UUID, nodes.ProvisionStateOpts{Target: nodes.TargetManage}, nodes.Manageable)
	drive(ctx, client, node.UUID, nodes.ProvisionStateOpts{Target: nodes.TargetProvide}, nodes.Available)
	return node
}

func nodeCrud(ctx context.Context, client *gophercloud.ServiceClient) {
	node := makeNode(ctx, client, "gopher-crud")
	check(node.ProvisionState == string(nodes.Enroll), "a new node is %q", node.ProvisionState)
	updated := got(nodes.Update(ctx, client, node.UUID, nodes.UpdateOpts{
		nodes.UpdateOperation{Op: nodes.ReplaceOp, Path: "/name", Value: "gopher-renamed"},
		nodes.UpdateOperation{Op: nodes.AddOp, Path: "/properties/cpu_arch", Value: "x86_64"},
	}).Extract())
	check(updated.Name == "gopher-renamed" && updated.Properties["cpu_arch"] == "x86_64", "updated to %+v", updated)
	for _, pager := range []struct {
		word  string
		pages func() ([]nodes.Node, error)
	}{
		{"list", func() ([]nodes.Node, error) {
			page, err := nodes.List(client, nodes.ListOpts{ResourceClass: "gopher-crud", Limit: 1, Fields: []string{"uuid", "name"}}).AllPages(ctx)
			must(err, "list")
			return nodes.ExtractNodes(page)
		}},
		{"detail", func() ([]nodes.Node, error) {
			page, err := nodes.ListDetail(client, nodes.ListOpts{ResourceClass: "gopher-crud"}).AllPages(ctx)
			must(err, "detail")
			return nodes.ExtractNodes(page)
		}},
	} {
		found := got(pager.pages())
		check(len(found) == 1 && found[0].UUID == node.UUID, "%s shows %+v", pager.word, found)
	}
	must(nodes.SetMaintenance(ctx, client, node.UUID, nodes.MaintenanceOpts{Reason: "fans"}).ExtractErr(), "maintenance")
	check(got(nodes.Get(ctx, client, node.UUID).Extract()).MaintenanceReason == "fans", "no maintenance reason")
	must(nodes.UnsetMaintenance(ctx, client, node.UUID).ExtractErr(), "maintenance off")
	must(nodes.Delete(ctx, client, node.UUID).ExtractErr(), "delete")
	_, err := nodes.Get(ctx, client, node.UUID).Extract()
	check(gophercloud.ResponseCodeIs(err, 404), "a deleted node: %v", err)
}

func provisionStates(ctx context.Context, client *gophercloud.ServiceClient) {
	id := available(ctx, client, "gopher-states").UUID
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetActive, ConfigDrive: nodes.ConfigDrive{
		MetaData: map[string]any{"hostname": "gopher"}, UserData: "#cloud-config\n",
	}}, nodes.Active)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetRebuild}, nodes.Active)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetRescue, RescuePassword: "let-me-in"}, nodes.Rescue)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetUnrescue}, nodes.Active)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetService, ServiceSteps: []nodes.ServiceStep{
		{Interface: nodes.InterfaceManagement, Step: "hold"},
	}}, "service hold")
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: "unhold"}, nodes.Active)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetDeleted}, nodes.Available)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetManage}, nodes.Manageable)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetClean, CleanSteps: []nodes.CleanStep{
		{Interface: nodes.InterfaceBIOS, Step: "apply_configuration", Args: map[string]any{
			"settings": []map[string]string{{"name": "SMT", "value": "On"}},
		}},
	}}, nodes.Manageable)
	settings := got(nodes.ListBIOSSettings(ctx, client, id, nodes.ListBIOSSettingsOpts{}).Extract())
	check(len(settings) == 1 && settings[0].Name == "SMT" && settings[0].Value == "On", "BIOS settings %+v", settings)
	// gophercloud reads the value of a setting that is called "Setting" only; the answer itself is right.
	single, _ := nodes.GetBIOSSetting(ctx, client, id, "SMT").Body.(map[string]any)["SMT"].(map[string]any)
	check(single["value"] == "On", "BIOS setting SMT %+v", single)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetInspect}, nodes.Manageable)
	drive(ctx, client, id, nodes.ProvisionStateOpts{Target: nodes.TargetAdopt}, nodes.Active)
}

func portCrud(ctx context.Context, client *gophercloud.ServiceClient) {
	node := makeNode(ctx, client, "gopher-ports")
	yes := true
	port := got(ports.Create(ctx, client, ports.CreateOpts{
		NodeUUID: node.UUID, Address: "52:54:00:00:05:01", PXEEnabled: &yes, PhysicalNetwork: "phys",
		LocalLinkConnection: map[string]any{"switch_id": "0a:1b:2c:3d:4e:5f", "port_id": "Eth1"},
	}).Extract())
	updated := got(ports.Update(ctx, client, port.UUID, ports.UpdateOpts{
		ports.UpdateOperation{Op: ports.ReplaceOp, Path: "/address", Value: "52:54:00:00:05:02"},
	}).Extract())
	check(updated.Address == "52:54:00:00:05:02", "address %s", updated.Address)
	pages := got(ports.ListDetail(client, ports.ListOpts{NodeUUID: node.UUID}).AllPages(ctx))
	check(len(got(ports.ExtractPorts(pages))) == 1, "one port is listed")
	check(got(ports.Get(ctx, client, port.UUID).Extract()).PhysicalNetwork == "phys", "physical network")
	must(ports.Delete(ctx, client, port.UUID).ExtractErr(), "delete")
}

func allocate(ctx context.Context, client *gophercloud.ServiceClient) {
	node := available(ctx, client, "gopher-allocated")
	made := got(allocations.Create(ctx, client, allocations.CreateOpts{
		ResourceClass: "gopher-allocated", Name: "gopher", Extra: map[string]string{"for": "tests"},
	}).Extract())
	err := gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		seen, err := allocations.Get(ctx, client, made.UUID).Extract()
		return err == nil && seen.State == string(allocations.Active) && seen.NodeUUID == node.UUID, err
	})
	must(err, "waiting for the allocation")
	pages := got(allocations.List(client, allocations.ListOpts{ResourceClass: "gopher-allocated"}).AllPages(ctx))
	check(len(got(allocations.ExtractAllocations(pages))) == 1, "one allocation is listed")
	must(allocations.Delete(ctx, client, made.UUID).ExtractErr(), "delete")
}

// Needs a node "gopher-inspected" with an inventory.
func hardware(ctx context.Context, client *gophercloud.ServiceClient) {
	id := "gopher-inspected"
	inventory := got(nodes.GetInventory(ctx, client, id).Extract())
	check(inventory.Inventory.CPU.Count == 8 && inventory.Inventory.Memory.PhysicalMb == 65536, "inventory %+v", inventory)
	check(len(got(nodes.ListFirmware(ctx, client, id).Extract())) == 0, "a fake machine has no firmware components")
	validation := got(nodes.Validate(ctx, client, id).Extract())
	check(validation.Power.Result, "power is valid: %+v", validation.Power)
	must(nodes.SetBootDevice(ctx, client, id, nodes.BootDeviceOpts{BootDevice: "pxe", Persistent: true}).ExtractErr(), "boot device")
	check(got(nodes.GetBootDevice(ctx, client, id).Extract()).BootDevice == "pxe", "boot device")
	check(len(got(nodes.GetSupportedBootDevices(ctx, client, id).Extract())) == 1, "supported boot devices")
	must(nodes.InjectNMI(ctx, client, id).ExtractErr(), "NMI")
	must(nodes.SetRAIDConfig(ctx, client, id, nodes.RAIDConfigOpts{LogicalDisks: []nodes.LogicalDisk{
		{RAIDLevel: nodes.RAID1},
	}}).ExtractErr(), "RAID")
	methods := got(nodes.ListVendorPassthruMethods(ctx, client, id).Extract())
	_, known := methods["third_method_sync"]
	check(known, "vendor methods %+v", methods)
	vif := nodes.VirtualInterfaceOpts{ID: "11111111-2222-4333-8444-555555555555"}
	must(nodes.AttachVirtualInterface(ctx, client, id, vif).ExtractErr(), "attach a vif")
	check(len(got(nodes.ListVirtualInterfaces(ctx, client, id).Extract())) == 1, "one vif is listed")
	must(nodes.DetachVirtualInterface(ctx, client, id, vif.ID).ExtractErr(), "detach a vif")
}

// A fake machine has no virtual media: as orders run in the background, it is the question that is refused.
func media(ctx context.Context, client *gophercloud.ServiceClient) {
	id := makeNode(ctx, client, "gopher-media").UUID
	attach := nodes.AttachVirtualMedia(ctx, client, id, nodes.AttachVirtualMediaOpts{
		DeviceType: nodes.VirtualMediaCD, ImageURL: "http://127.0.0.1/cd.iso",
	}).ExtractErr()
	must(attach, "attach")
	get := nodes.GetVirtualMedia(ctx, client, id).Err
	check(gophercloud.ResponseCodeIs(get, 400), "get: %v", get)
}

// The machine `os.Args[3]` has virtual drives: the image `os.Args[4]` goes in, is seen, and goes out again.
func drives(ctx context.Context, client *gophercloud.ServiceClient) {
	id := os.Args[3]
	attach := nodes.AttachVirtualMedia(ctx, client, id, nodes.AttachVirtualMediaOpts{
		DeviceType: nodes.VirtualMediaCD, ImageURL: os.Args[4],
	})
	must(attach.ExtractErr(), "attach")
	until(ctx, client, id, true)
	detach := nodes.DetachVirtualMedia(ctx, client, id, nodes.DetachVirtualMediaOpts{
		DeviceTypes: []nodes.VirtualMediaDeviceType{nodes.VirtualMediaCD},
	})
	must(detach.ExtractErr(), "detach")
	until(ctx, client, id, false)
}

func until(ctx context.Context, client *gophercloud.ServiceClient, id string, inserted bool) {
	err := gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		var drive struct {
			Image      string   `json:"image"`
			Inserted   bool     `json:"inserted"`
			MediaTypes []string `json:"media_types"`
		}
		if err := nodes.GetVirtualMedia(ctx, client, id).ExtractInto(&drive); err != nil {
			return false, err
		}
		return drive.Inserted == inserted && (drive.Image != "") == inserted && drive.MediaTypes[0] == "CD", nil
	})
	must(err, fmt.Sprintf("waiting for inserted = %v", inserted))
}

func services(ctx context.Context, client *gophercloud.ServiceClient) {
	found := got(drivers.ExtractDrivers(got(drivers.ListDrivers(client, drivers.ListDriversOpts{Detail: true}).AllPages(ctx))))
	check(len(found) == 3, "drivers %+v", found)
	check(got(drivers.GetDriverDetails(ctx, client, "ipmi").Extract()).DefaultPowerInterface == "ipmitool", "ipmi's power")
	properties := got(drivers.GetDriverProperties(ctx, client, "ipmi").Extract())
	check((*properties)["ipmi_address"] != "", "properties %+v", properties)
	disks := got(drivers.GetDriverDiskProperties(ctx, client, "fake-hardware").Extract())
	check((*disks)["raid_level"] != "", "disk properties %+v", disks)
	listed := got(conductors.ExtractConductors(got(conductors.List(client, conductors.ListOpts{}).AllPages(ctx))))
	check(len(listed) == 1 && listed[0].Alive, "conductors %+v", listed)
	check(got(conductors.Get(ctx, client, "site").Extract()).Hostname == "site", "conductor site")
}
