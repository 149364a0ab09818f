/* The default model's file as it is, in the program's read-only data. FUDE_EMBEDDED_MODEL is its path. */
    .section .rodata
    .globl fude_embedded_model_begin
    .globl fude_embedded_model_end
    .balign 64
fude_embedded_model_begin:
    .incbin FUDE_EMBEDDED_MODEL
fude_embedded_model_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
