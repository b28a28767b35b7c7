// Written by `npm run types` from schemas/override.schema.json: change it there.

/** A wish with an end: the body of POST /override and of load/<id>/override/set. LIMIT needs watts, and only LIMIT has them. NONE ends a running wish. */
export interface Override {
    /** absent: all loads; on MQTT the topic names it */
    load_id?: string;
    action: 'START' | 'STOP' | 'LIMIT' | 'NONE';
    /** for LIMIT */
    watts?: number;
    /** absent: 60 */
    duration_min?: number;
    /** START and LIMIT: down to the hard limit of the battery */
    use_reserve?: boolean;
    /** made by the caller; the same one twice has one effect */
    command_id?: string;
}
