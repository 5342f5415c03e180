<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;

/** Line 4 of a session: when and how its user signed in. See SPEC.md, "Values". */
final class Authentication
{
    /** How far another service's clock may be ahead, in seconds. */
    public const CLOCK_SKEW = 60;
    private const MAX_SAFE_INTEGER = 2 ** 53 - 1;

    /**
     * Checks `auth` as `sign` and `reauthenticate` take it, and fills in the default.
     *
     * @return array{at: int, amr?: list<string>, acr?: string}
     *
     * @throws InvalidOption
     */
    public static function read(#[\SensitiveParameter] mixed $auth): array
    {
        $now = time();
        ['at' => $at, 'amr' => $amr, 'acr' => $acr] = Arguments::known('auth', Arguments::named('auth', $auth), ['at' => null, 'amr' => null, 'acr' => null]);
        if ($amr !== null && (!is_array($amr) || !array_is_list($amr))) {
            throw InvalidOption::type('auth.amr', 'an array of texts', $amr);
        }
        foreach ($amr ?? [] as $method) {
            Arguments::nonEmptyText('auth.amr', $method);
        }
        if ($acr !== null) {
            Arguments::nonEmptyText('auth.acr', $acr);
        }
        $known = ['at' => min($now, Arguments::wholeNumber('auth.at', 'Unix seconds', $at ?? $now, 0, $now + self::CLOCK_SKEW))];
        $known += $amr === null ? [] : ['amr' => $amr];
        $known += $acr === null ? [] : ['acr' => $acr];
        Arguments::short('auth', $known);

        return $known;
    }

    /**
     * Finds the line in a session's value.
     *
     * @param list<Keys>   $ring  the keys that may have encrypted it
     * @param list<string> $value its lines
     * @param string       $key   its Redis key
     *
     * @return array{at: int, amr?: list<string>, acr?: string}|false|null null where there is none, or one of another shape: it
     *     proves nothing, and may be a later version's. False where it isn't the line that was written
     *
     * @throws StoreUnavailable
     */
    public static function find(Lines $lines, array $ring, #[\SensitiveParameter] array $value, #[\SensitiveParameter] string $key): array|false|null
    {
        if (($value[3] ?? '') === '') {
            return null;
        }
        $json = $lines->open($ring, $value, 4, $key);

        return $json === null ? false : self::parse($json);
    }

    /** @return array{at: int, amr?: list<string>, acr?: string}|null */
    private static function parse(#[\SensitiveParameter] string $json): ?array
    {
        try {
            $found = Json::decode($json, false);
        } catch (StoreUnavailable) {
            return null;
        }
        $members = $found instanceof \stdClass ? get_object_vars($found) : [];
        $at = $members['at'] ?? null;
        $isTime = (is_int($at) || (is_float($at) && $at === floor($at))) && abs($at) <= self::MAX_SAFE_INTEGER;
        if (!$isTime) {
            return null;
        }
        $known = ['at' => (int) $at];
        if (array_key_exists('amr', $members)) {
            $amr = $members['amr'];
            if (!is_array($amr) || array_filter($amr, is_string(...)) !== $amr) {
                return null;
            }
            $known['amr'] = $amr;
        }
        if (array_key_exists('acr', $members)) {
            if (!is_string($members['acr'])) {
                return null;
            }
            $known['acr'] = $members['acr'];
        }

        return $known;
    }
}
