/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode_pod - what is read of Pods, Nodes and Namespaces, and what each mistake is called. */
#include "support/decoded.h"

#define POD(rest) "{apiVersion: v1, kind: Pod, metadata: {name: pod-a}" rest "}"
#define META(meta) "{apiVersion: v1, kind: Pod, metadata: {name: pod-a, " meta "}}"
#define NODE(rest) "{apiVersion: v1, kind: Node, metadata: {name: node-1}, " rest "}"
#define NOWHERE "on '' uid ''\n"

/* clang-format off */
static const struct decode_row rows[] = {
	{ "a pod without status is ready, and has no address yet", POD(""), NOWHERE "ready\n" },
	{ "an empty status is none", POD(", status: {}"), NOWHERE "ready\n" },
	{ "a status without the condition is not ready", POD(", status: {phase: Pending}"), NOWHERE },
	{ "ready", POD(", status: {phase: Running, podIPs: [{ip: 10.1.0.5}, {ip: 'fd00::5'}], podIP: 10.1.0.9, conditions: [{type: Initialized, status: 'False'}, {type: Ready, status: 'True'}]}"), NOWHERE "ip 10.1.0.5\nip fd00::5\nready\n" },
	{ "not ready", POD(", status: {podIP: 10.1.0.5, conditions: [{type: Ready, status: 'False'}]}"), NOWHERE "ip 10.1.0.5\n" },
	{ "readiness unknown is not ready", POD(", status: {conditions: [{type: Ready, status: Unknown}]}"), NOWHERE },
	{ "podIP when there is no list", POD(", status: {podIPs: [], podIP: 10.1.0.5}"), NOWHERE "ip 10.1.0.5\n" },
	{ "succeeded is finished", POD(", status: {phase: Succeeded}"), NOWHERE "finished\n" },
	{ "failed is finished", POD(", status: {phase: Failed}"), NOWHERE "finished\n" },
	{ "metadata", META("labels: {app: web, x: ''}, uid: b95f8ae1-9df8, deletionTimestamp: '2026-11-22T14:00:00Z'"), "label app=web\nlabel x=\non '' uid 'b95f8ae1-9df8'\nready\nterminating\n" },
	{ "on the host's network", POD(", spec: {hostNetwork: true, nodeName: node-1}"), "on 'node-1' uid ''\nhost network\nready\n" },
	{ "named ports of all containers", POD(", spec: {containers: [{ports: [{containerPort: 1}, {name: http, containerPort: 8080}]}, {name: x}, {ports: [{name: dns, containerPort: 53, protocol: UDP}]}]}"), NOWHERE "ready\nport 'http' 8080/TCP\nport 'dns' 53/UDP\n" },
	{ "of the init containers only sidecars count", POD(", spec: {initContainers: [{ports: [{name: a, containerPort: 1}]}, {restartPolicy: Always, ports: [{name: b, containerPort: 2}]}]}"), NOWHERE "ready\nport 'b' 2/TCP\n" },

	{ "a node's internal addresses come first", NODE("status: {addresses: [{type: ExternalIP, address: 203.0.113.1}, {type: Hostname, address: node-1}, {type: InternalIP, address: 10.0.0.1}, {type: InternalIP, address: 'fd00::1'}]}"), "zone ''\nip 10.0.0.1\nip fd00::1\nip 203.0.113.1\n" },
	{ "a node's ranges", NODE("spec: {podCIDR: 10.9.0.0/24, podCIDRs: [10.1.0.0/24, 'fd00:1::/112']}"), "zone ''\npods 10.1.0.0/24\npods fd00:1::/112\n" },
	{ "a node's one range", NODE("spec: {podCIDR: 10.1.0.0/24}"), "zone ''\npods 10.1.0.0/24\n" },
	{ "a node that the autoscaler is about to delete", NODE("spec: {taints: [{key: x}, {key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}"), "zone ''\ndeleting\n" },
	{ "a node that is being deleted, in a zone", "{apiVersion: v1, kind: Node, metadata: {name: node-1, deletionTimestamp: x, labels: {topology.kubernetes.io/zone: a}}}", "label topology.kubernetes.io/zone=a\nzone 'a'\ndeleting\n" },
	{ "a namespace", "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: blue}}}", "label team=blue\n" },
};

static const struct mistake_row mistakes[] = {
	{ "an address that is none", POD(", status: {podIPs: [{ip: 10.1.0.5}, {ip: x}]}"), "Pod default/pod-a: status.podIPs[1].ip: 'x' is not an IP address" },
	{ "an address in the fallback that is none", POD(", status: {podIP: 10.1.0.500}"), "status.podIP: '10.1.0.500' is not" },
	{ "a port without a number", POD(", spec: {containers: [{}, {ports: [{name: http}]}]}"), "Pod default/pod-a: spec.containers[1].ports[0].containerPort: must be a whole number from 1" },
	{ "containers that are none", POD(", spec: {containers: [x]}"), "spec.containers[0]: must be an object" },
	{ "a label that YAML takes for a boolean", META("labels: {enabled: yes}"), "Pod default/pod-a: metadata.labels.enabled: must be a string (in YAML, quote it)" },
	{ "a uid that is none", META("uid: 'a b'"), "metadata.uid: 'a b'" },
	{ "a node that cannot be", POD(", spec: {nodeName: a..b}"), "spec.nodeName: 'a..b' is not a name" },
	{ "a node's address that is none", NODE("status: {addresses: [{type: InternalIP, address: node-1}]}"), "Node node-1: status.addresses[0].address: 'node-1' is not an IP address" },
	{ "a node's range that is none", NODE("spec: {podCIDRs: [10.1.0.0]}"), "Node node-1: spec.podCIDRs[0]: '10.1.0.0' is not a CIDR" },
	{ "a namespace's labels in a list", "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: [a]}}", "Namespace shop: metadata.labels: must be an object" },
};
/* clang-format on */

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, decode_is_as_said);
	ROWS_ADD(&cases, mistakes, mistake_is_named);
	return cases_run("agent/source/decode_pod", &cases, NULL, NULL);
}
