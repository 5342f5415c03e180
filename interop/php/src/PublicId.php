<?php

declare(strict_types=1);

namespace RedisWebToken;

/**
 * The name of a session that the outside may see: its lookup as one AES-256 block under a key of its own, so that a list
 * of sessions shows nothing that stands in Redis or in a token.
 */
final class PublicId
{
    private const CIPHER = 'aes-256-ecb';
    private const OPTIONS = OPENSSL_RAW_DATA | OPENSSL_ZERO_PADDING;

    /** @param string $lookup 16 bytes */
    public static function of(Keys $keys, #[\SensitiveParameter] string $lookup): string
    {
        return Base64Url::encode((string) openssl_encrypt($lookup, self::CIPHER, $keys->id(), self::OPTIONS));
    }

    /** @return string|null the lookup, 16 bytes, or some other bytes where another secret made the id; null for no id */
    public static function lookupOf(Keys $keys, #[\SensitiveParameter] string $id): ?string
    {
        $block = Base64Url::decode($id);
        if ($block === null || strlen($block) !== Token::LOOKUP_BYTES) {
            return null;
        }

        return (string) openssl_decrypt($block, self::CIPHER, $keys->id(), self::OPTIONS);
    }
}
