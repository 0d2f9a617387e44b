-- Repairs of what older servers wrote; this one never wrote it so, and tools that look for them find them done.

INSERT OR IGNORE INTO patches (name, applied_at) VALUES ('dnsmasq_entries_include_device_name', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
