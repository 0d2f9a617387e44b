BEGIN TRANSACTION;
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fingerprint TEXT NOT NULL,
    type INTEGER NOT NULL,
    name TEXT NOT NULL,
    certificate TEXT NOT NULL,
    UNIQUE (fingerprint)
);
INSERT INTO "certificates" VALUES(1,'kept',1,'kept','kept');
CREATE TABLE config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (key)
);
INSERT INTO "config" VALUES(1,'core.https_address','');
CREATE TABLE patches (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name VARCHAR(255) NOT NULL,
    applied_at TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "patches" VALUES(1,'kept','2026-11-20T10:00:00Z');
CREATE TABLE raft_nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address TEXT NOT NULL,
    role INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL DEFAULT '',
    UNIQUE (address)
);
INSERT INTO "raft_nodes" VALUES(1,'kept',0,'');
CREATE TABLE schema (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (version)
);
INSERT INTO "schema" VALUES(1,1,'2026-11-20T10:00:00Z');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('schema',1);
INSERT INTO "sqlite_sequence" VALUES('config',1);
INSERT INTO "sqlite_sequence" VALUES('certificates',1);
INSERT INTO "sqlite_sequence" VALUES('patches',1);
INSERT INTO "sqlite_sequence" VALUES('raft_nodes',1);
COMMIT;
