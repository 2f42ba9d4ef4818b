-- SPDX-License-Identifier: MIT
--
-- The IEs with keys and answers of NIN3A in PFCP, for Wireshark and tshark from
-- 4.0 on: tshark -X lua_script:nin3a-n4.lua.  N4.md has their layout.  Keys are
-- not shown but for their length.

local nin3a = Proto("nin3a_n4", "NIN3A on N4")

nin3a.prefs.enterprise = Pref.uint("Enterprise number", 32473)
nin3a.prefs.key_type = Pref.uint("Type of the IE with a key", 32769)
nin3a.prefs.answer_type = Pref.uint("Type of the IE with the answer", 32770)

local causes = {
	[1] = "accepted", [2] = "pending", [64] = "refused by kupf",
	[65] = "malformed", [66] = "no memory", [67] = "in the clear",
	[68] = "cannot be unwrapped",
}

local fields = {
	key = ProtoField.uint16("nin3a_n4.key", "Key, octets"),
	rand = ProtoField.bytes("nin3a_n4.rand", "RAND"),
	lifetime = ProtoField.uint32("nin3a_n4.lifetime", "Lifetime, seconds"),
	id = ProtoField.bytes("nin3a_n4.id", "Key identifier"),
	pdu_session = ProtoField.uint8("nin3a_n4.pdu_session", "PDU session ID"),
	grace = ProtoField.uint32("nin3a_n4.grace", "Grace, seconds"),
	number = ProtoField.uint64("nin3a_n4.number", "Number of the wrapped key"),
	cause = ProtoField.uint8("nin3a_n4.cause", "Cause", base.DEC, causes),
	ipv4 = ProtoField.ipv4("nin3a_n4.upf_ipv4", "UPF's IPv4 address"),
	ipv6 = ProtoField.ipv6("nin3a_n4.upf_ipv6", "UPF's IPv6 address"),
	expires = ProtoField.uint32("nin3a_n4.expires", "End, seconds since 1970"),
	word = ProtoField.string("nin3a_n4.word", "Word"),
	other = ProtoField.bytes("nin3a_n4.part", "Part that is not known"),
}

nin3a.fields = {}
for _, field in pairs(fields) do
	table.insert(nin3a.fields, field)
end

local malformed = ProtoExpert.new("nin3a_n4.malformed", "Malformed part",
	expert.group.MALFORMED, expert.severity.ERROR)
nin3a.experts = { malformed }

-- Of each part: name, field, octets at least and at most, what is shown instead
-- of its value.
local key_parts = {
	[1] = { "K_UPF", fields.key, 32, 32, "length" },
	[2] = { "K_AMF", fields.key, 32, 32, "length" },
	[3] = { "RAND", fields.rand, 16, 64 },
	[4] = { "Lifetime", fields.lifetime, 4, 4 },
	[5] = { "Key identifier", fields.id, 1, 64 },
	[6] = { "PDU session ID", fields.pdu_session, 1, 1 },
	[7] = { "Grace", fields.grace, 4, 4 },
	[8] = { "Wrapped K_UPF", fields.number, 60, 60, "number" },
	[9] = { "Wrapped K_AMF", fields.number, 60, 60, "number" },
}

local answer_parts = {
	[1] = { "Cause", fields.cause, 1, 1 },
	[2] = { "UPF's IPv4 address", fields.ipv4, 4, 4 },
	[3] = { "UPF's IPv6 address", fields.ipv6, 16, 16 },
	[4] = { "Key identifier", fields.id, 1, 64 },
	[5] = { "End", fields.expires, 4, 4 },
	[6] = { "Word", fields.word, 1, 32 },
}

-- Shows the parts of an IE.
local function show(parts, range, tree)
	local at = 0

	while at < range:len() do
		local left = range:len() - at - 3
		local len = left >= 0 and range(at + 1, 2):uint() or 0
		local part = parts[range(at, 1):uint()]

		if left < 0 or len > left then
			tree:add_proto_expert_info(malformed)
			return
		end
		if not part and len > 0 then
			tree:add(fields.other, range(at + 3, len))
		elseif part and (len < part[3] or len > part[4]) then
			tree:add_proto_expert_info(malformed, part[1] .. ": length " .. len)
		elseif part and part[5] == "length" then
			tree:add(part[2], range(at + 1, 2)):prepend_text(part[1] .. ", ")
		elseif part and part[5] == "number" then
			tree:add(part[2], range(at + 7, 8)):prepend_text(part[1] .. ", ")
		elseif part then
			tree:add(part[2], range(at + 3, len))
		end
		at = at + 3 + len
	end
end

-- What Wireshark has found: the value behind the enterprise number.
local ie_data = Field.new("pfcp.enterprise_ie_data")

function nin3a.dissector(tvb, pinfo, tree)
	for _, info in ipairs({ ie_data() }) do
		local at = info.offset

		if at >= 6 and at + info.len <= tvb:len() and
			tvb(at - 2, 2):uint() == nin3a.prefs.enterprise then
			local kind = tvb(at - 6, 2):uint()
			local len = tvb(at - 4, 2):uint() - 2
			local parts, name

			if kind == nin3a.prefs.key_type then
				parts, name = key_parts, "NIN3A: key"
			elseif kind == nin3a.prefs.answer_type then
				parts, name = answer_parts, "NIN3A: answer"
			end
			if parts and len > 0 and at + len <= tvb:len() then
				local range = tvb(at, len)

				show(parts, range, tree:add(nin3a, range, name))
			end
		end
	end
end

register_postdissector(nin3a)
