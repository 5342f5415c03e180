<?php

declare(strict_types=1);

namespace RedisWebToken;

/** One-time codes, which people type. */
final class OnceCode
{
    /** Six digits are the least that NIST SP 800-63B allows. */
    public const MIN_DIGITS = 6;
    public const MAX_DIGITS = 12;
    private const SHAPE = '/^[0-9]{6,12}$/D';

    /** Whether a value has the form of a code, so that asking Redis makes sense. */
    public static function matches(#[\SensitiveParameter] mixed $code): bool
    {
        return is_string($code) && preg_match(self::SHAPE, $code) === 1;
    }

    /** Random digits, each equally likely. */
    public static function random(int $digits): string
    {
        return str_pad((string) random_int(0, 10 ** $digits - 1), $digits, '0', STR_PAD_LEFT);
    }

    /** What Redis holds for a code: a hash of it together with the person, so that it proves nothing for another one. */
    public static function proof(OnceKeys $of, #[\SensitiveParameter] string $code): string
    {
        return Base64Url::encode($of->keys->codeHash($of->person, $code));
    }
}
