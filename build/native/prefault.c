/* The data of a NativeAOT program is unpacked into its zeroed segment before the first managed instruction: some 1,500 pages for lxc, each a
   page fault of its own, which is half of what `lxc --version` takes. One call has the kernel bring them all. Kernels before 5.14 do not know
   the advice and answer EINVAL: the pages then come one by one, as ever. */
#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int bring(struct dl_phdr_info *program, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (int i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &program->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && part->p_memsz > part->p_filesz) {
            uintptr_t start = (program->dlpi_addr + part->p_vaddr + part->p_filesz + 4095) & ~(uintptr_t)4095;
            uintptr_t end = program->dlpi_addr + part->p_vaddr + part->p_memsz;
            if (end > start)
            {
                madvise((void *)start, end - start, MADV_HUGEPAGE);
                madvise((void *)start, end - start, MADV_POPULATE_WRITE);
            }
        }
    }
    return 1; /* the first is the program itself; the libraries after it are none of our business */
}

__attribute__((constructor)) static void prefault(void)
{
    dl_iterate_phdr(bring, 0);
}
