/** Who may read what a run writes down. One rule for every room that makes such files. */

/**
 * Journals, logs and artifacts hold what tasks print and make, which can be more than the masker knows of: they are
 * their owner's. Locks and manifests, and what becomes part of the checkout, are as the user's umask has it.
 */
export const PRIVATE_FILE = 0o600;

/** Of directories that hold what is nobody else's business, and of programs that are. */
export const PRIVATE_DIRECTORY = 0o700;
export const PRIVATE_PROGRAM = 0o700;
