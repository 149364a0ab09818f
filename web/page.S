/* The page's files, compressed, in the program's read-only data. FUDE_PAGE is their path. */
    .section .rodata
    .globl fude_page_begin
    .balign 64
fude_page_begin:
    .incbin FUDE_PAGE
    .byte 0
    .section .note.GNU-stack,"",@progbits
