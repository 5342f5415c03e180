<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;

/** A secret, or a list of them, newest first, as each call brings it. */
final class Secrets
{
    private const MIN_BYTES = 32;

    private const SET = self::MIN_BYTES . ' bytes or more (is RWT_SECRET set?)';

    private static bool $warned = false;
    /** The secret of the call before, which is nearly always that of the next one too. */
    private static mixed $last = null;
    /** @var list<Keys> its keys; none before the first call */
    private static array $lastRing = [];

    /**
     * @param string|list<string> $secret
     *
     * @return non-empty-list<Keys>
     *
     * @throws InvalidOption
     */
    public static function keysOf(#[\SensitiveParameter] mixed $secret): array
    {
        if (self::$lastRing !== [] && $secret === self::$last) {
            return self::$lastRing;
        }
        // What getenv gives for a variable that isn't set.
        if ($secret === null || $secret === false) {
            throw InvalidOption::type('secret', self::SET, $secret);
        }
        $secrets = is_array($secret) ? array_values($secret) : [$secret];
        if ($secrets === []) {
            throw InvalidOption::range('secret', 'not be empty');
        }
        // Not by array_map, whose arguments the trace of an exception shows.
        $ring = [];
        foreach ($secrets as $each) {
            $ring[] = Keys::of(self::check($each));
        }
        [self::$last, self::$lastRing] = [$secret, $ring];

        return $ring;
    }

    /** @param string|array<mixed> $secret that was checked */
    public static function newest(#[\SensitiveParameter] string|array $secret): string
    {
        return is_string($secret) ? $secret : array_values($secret)[0];
    }

    private static function check(#[\SensitiveParameter] mixed $secret): string
    {
        if (!is_string($secret)) {
            throw InvalidOption::type('secret', 'text or an array of texts, newest first', $secret);
        }
        if ($secret === '') {
            throw InvalidOption::range('secret', 'be ' . self::SET);
        }
        if (strlen($secret) < self::MIN_BYTES && !self::$warned) {
            self::$warned = true;
            // A deprecation: some frameworks make exceptions of warnings, and old code must go on working.
            trigger_error(
                'redis-web-token: a secret of less than 32 bytes can be guessed, and with it tokens can be forged. '
                    . 'Make one with `openssl rand -base64 32`.',
                E_USER_DEPRECATED,
            );
        }

        return $secret;
    }
}
