-- Repairs that need no doing here, for tools that look for them: the files of dnsmasq's hosts carry the name of the device, and a start of a network writes all of them anew.

INSERT OR IGNORE INTO patches (name, applied_at) VALUES ('dnsmasq_entries_include_device_name', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
