/* own.h -- who frees what, said where it is declared.
 *
 *     OWN(buf) body = BUF_UP_TO(MAX_EVENT);     buf_release(&body) runs on every way out
 *     OWN_PTR(doc) doc = doc_parse(...);        doc_free(doc) runs on every way out
 *     return TAKE(doc);                         given away: the declaration lets go
 *
 * A value type `struct x` offers x_release(struct x *); releasing an empty value does nothing.
 * A pointer type offers x_free(struct x *) and says OWN_PTR_TYPE(x) in its header. */
#ifndef SMON_BASE_OWN_H
#define SMON_BASE_OWN_H

#define OWN(type) __attribute__((cleanup(type##_release))) struct type

#define OWN_PTR(type) __attribute__((cleanup(type##_drop))) struct type *

#define OWN_PTR_TYPE(type)                                                                         \
    static inline void type##_drop(struct type **held)                                             \
    {                                                                                              \
        type##_free(*held);                                                                        \
    }

/* The pointer, and NULL left behind. */
#define TAKE(held)                                                                                 \
    __extension__({                                                                                \
        __typeof__(held) taken_ = (held);                                                          \
        (held)                  = NULL;                                                            \
        taken_;                                                                                    \
    })

#endif
