import CLinux

/// Gives back to the system what was needed for a moment only: the allocator keeps it otherwise, for as long as the process lives.
/// C function: `malloc_trim`.
func releaseMemory() { malloc_trim(0) }
