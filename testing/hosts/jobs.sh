# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Runs commands in a virtual machine that start_vm of vm.sh started, and in hosts
# in it. To be sourced by bash. What is exchanged lies in directory $vm_dir/jobs
# that both sides see; a line into the virtual machine says that a job is there.

# Runs command $3... on $1, "vm" or a host's FIFO, as job $2, a name that no
# other has at the same time; with input only if that is a pipe. Output, errors
# and exit status are the command's; 125 if the virtual machine ended.
job_run()
{
	local job=$vm_dir/jobs/$2 status=

	if [ -p /dev/stdin ]
	then
		cat >"$job.in"
	else
		: >"$job.in"
	fi
	{
		printf 'export STRONGSWAN_CONF=%q LEAK_DETECTIVE_LOG=%q\nexec' \
			"${guest_strongswan_conf:-}" "${LEAK_DETECTIVE_LOG:-}"
		printf ' %q' "${@:3}"
		echo
	} >"$job.job"
	# (opened for both: nobody may be there who reads)
	echo "$1 $2" 1<>"$vm_dir/serial.in"
	until { read -r status <"$job.status"; } 2>/dev/null
	do
		if [ -e "$vm_dir/ended" ]
		then
			echo "the virtual machine ended" >&2
			return 125
		fi
		sleep 0.02
	done
	cat "$job.out"
	cat "$job.err" >&2
	rm -f "$job".{job,in,out,err,status}
	return "$status"
}

# Ends the hosts of world $1 (see world), however far they came.
world_end()
{
	echo "$1 end" 1<>"$vm_dir/serial.in"
}
