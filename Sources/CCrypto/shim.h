/* The few OpenSSL 3 functions in use, declared here so that no -dev package beyond libcurl's is needed: libcrypto.so.3
   is what libcurl already brings. Signatures as in the manual pages of OpenSSL 3.0 (EVP_EncryptInit, EVP_DigestInit,
   EVP_MAC, EVP_KDF, RAND_bytes, CRYPTO_memcmp). */
#ifndef CCRYPTO_SHIM_H
#define CCRYPTO_SHIM_H
#include <stddef.h>
#include <stdint.h>

typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct evp_kdf_st EVP_KDF;
typedef struct evp_kdf_ctx_st EVP_KDF_CTX;
typedef struct engine_st ENGINE;
typedef struct ossl_lib_ctx_st OSSL_LIB_CTX;
typedef struct ossl_param_st {
    const char *key;
    unsigned int data_type;
    void *data;
    size_t data_size;
    size_t return_size;
} OSSL_PARAM;

EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void);
void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *context);
int EVP_CIPHER_CTX_ctrl(EVP_CIPHER_CTX *context, int type, int argument, void *pointer);
const EVP_CIPHER *EVP_aes_256_gcm(void);
int EVP_EncryptInit_ex(EVP_CIPHER_CTX *, const EVP_CIPHER *, ENGINE *, const unsigned char *key, const unsigned char *iv);
int EVP_EncryptUpdate(EVP_CIPHER_CTX *, unsigned char *out, int *outLength, const unsigned char *in, int inLength);
int EVP_EncryptFinal_ex(EVP_CIPHER_CTX *, unsigned char *out, int *outLength);
int EVP_DecryptInit_ex(EVP_CIPHER_CTX *, const EVP_CIPHER *, ENGINE *, const unsigned char *key, const unsigned char *iv);
int EVP_DecryptUpdate(EVP_CIPHER_CTX *, unsigned char *out, int *outLength, const unsigned char *in, int inLength);
int EVP_DecryptFinal_ex(EVP_CIPHER_CTX *, unsigned char *out, int *outLength);

EVP_MD_CTX *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX *context);
int EVP_MD_CTX_copy_ex(EVP_MD_CTX *out, const EVP_MD_CTX *in);
const EVP_MD *EVP_sha256(void);
int EVP_DigestInit_ex(EVP_MD_CTX *, const EVP_MD *, ENGINE *);
int EVP_DigestUpdate(EVP_MD_CTX *, const void *bytes, size_t count);
int EVP_DigestFinal_ex(EVP_MD_CTX *, unsigned char *out, unsigned int *outLength);

unsigned char *HMAC(const EVP_MD *, const void *key, int keyLength, const unsigned char *data, size_t dataLength,
                    unsigned char *out, unsigned int *outLength);
int EVP_PBE_scrypt(const char *pass, size_t passLength, const unsigned char *salt, size_t saltLength, uint64_t N, uint64_t r,
                   uint64_t p, uint64_t maxMemory, unsigned char *key, size_t keyLength);

EVP_KDF *EVP_KDF_fetch(OSSL_LIB_CTX *, const char *algorithm, const char *properties);
void EVP_KDF_free(EVP_KDF *);
EVP_KDF_CTX *EVP_KDF_CTX_new(EVP_KDF *);
void EVP_KDF_CTX_free(EVP_KDF_CTX *);
int EVP_KDF_derive(EVP_KDF_CTX *, unsigned char *key, size_t keyLength, const OSSL_PARAM parameters[]);
OSSL_PARAM OSSL_PARAM_construct_utf8_string(const char *key, char *buffer, size_t size);
OSSL_PARAM OSSL_PARAM_construct_octet_string(const char *key, void *buffer, size_t size);
OSSL_PARAM OSSL_PARAM_construct_end(void);

int RAND_bytes(unsigned char *buffer, int count);
int CRYPTO_memcmp(const void *a, const void *b, size_t length);
void OPENSSL_cleanse(void *pointer, size_t length);

/* EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of <openssl/evp.h>. */
static inline int ccrypto_get_tag(EVP_CIPHER_CTX *context, unsigned char *tag) { return EVP_CIPHER_CTX_ctrl(context, 0x10, 16, tag); }
static inline int ccrypto_set_tag(EVP_CIPHER_CTX *context, const unsigned char *tag) {
    return EVP_CIPHER_CTX_ctrl(context, 0x11, 16, (void *)tag);
}
/* HKDF-SHA256 (RFC 5869), extract and expand. Returns 1 on success. */
static inline int ccrypto_hkdf(const unsigned char *secret, size_t secretLength, const unsigned char *salt, size_t saltLength,
                               const unsigned char *info, size_t infoLength, unsigned char *out, size_t outLength) {
    EVP_KDF *kdf = EVP_KDF_fetch((OSSL_LIB_CTX *)0, "HKDF", (const char *)0);
    if (!kdf) return 0;
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    if (!context) return 0;
    OSSL_PARAM parameters[5];
    parameters[0] = OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0);
    parameters[1] = OSSL_PARAM_construct_octet_string("key", (void *)secret, secretLength);
    parameters[2] = OSSL_PARAM_construct_octet_string("salt", (void *)salt, saltLength);
    parameters[3] = OSSL_PARAM_construct_octet_string("info", (void *)info, infoLength);
    parameters[4] = OSSL_PARAM_construct_end();
    int result = EVP_KDF_derive(context, out, outLength, parameters);
    EVP_KDF_CTX_free(context);
    return result > 0;
}
#endif
