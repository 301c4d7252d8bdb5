-- Every decided part of every board. A part that comes again has the same id and the same trigger time, because both
-- come from the journal of its board; so a key of both is unique over all partitions when the id is.
CREATE TABLE parts (
    id text NOT NULL,
    at timestamptz NOT NULL,              -- the trigger, by the clock of the board
    board text NOT NULL,
    number bigint NOT NULL,
    previous bigint,                      -- the number of the part before it in the journal of its board
    boot text NOT NULL,
    clock_trusted boolean NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('pass', 'fail', 'no-read', 'hold')),
    text text NOT NULL,
    reasons jsonb NOT NULL,
    reason text GENERATED ALWAYS AS (coalesce(reasons ->> 0, '')) STORED,
    recipe text NOT NULL,
    recipe_digest text NOT NULL,
    release text NOT NULL,
    picture text NOT NULL,                -- a reference: the name of its picture below the folder of its board
    detail jsonb NOT NULL,                -- what else the message said
    received timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX parts_by_number ON parts (board, number);
CREATE INDEX parts_by_time ON parts USING brin (at);
-- Parts of boards whose clock is far off; what belongs to a month moves there when the month is made.
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;

-- What nobody can store, with its reason. The digest is that of topic and payload, so a second delivery adds nothing.
CREATE TABLE dead_letters (
    digest bytea PRIMARY KEY,
    received timestamptz NOT NULL DEFAULT clock_timestamp(),
    topic text NOT NULL,
    payload bytea NOT NULL,
    reason text NOT NULL
);
CREATE INDEX dead_letters_by_time ON dead_letters (received);

-- Every board. All of its parts up to the number `complete` are in the table, or were; parts that were received before
-- `since` belong to an earlier journal of the same name.
CREATE TABLE boards (
    board text PRIMARY KEY,
    complete bigint NOT NULL DEFAULT 0,
    since timestamptz NOT NULL DEFAULT '-infinity',
    heard timestamptz,
    last_part timestamptz,
    online boolean,
    state jsonb,
    release text NOT NULL DEFAULT ''
);

-- Parts that are missing: those after `after` and up to `upto`. One that a board no longer has is given up.
CREATE TABLE gaps (
    board text NOT NULL,
    after bigint NOT NULL,
    upto bigint NOT NULL,
    noticed timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked timestamptz,
    tries integer NOT NULL DEFAULT 0,
    closed timestamptz,
    given_up boolean NOT NULL DEFAULT false,
    PRIMARY KEY (board, after, noticed)
);
CREATE INDEX gaps_open ON gaps (board) WHERE closed IS NULL;

-- Parts by board and hour, counted when they are known to be complete: each once.
CREATE TABLE hours (
    board text NOT NULL,
    hour timestamptz NOT NULL,
    release text NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    parts bigint NOT NULL,
    PRIMARY KEY (hour, board, release, verdict, reason)
);
