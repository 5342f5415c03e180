<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

use RedisWebToken\Json;

/** `data`, `meta` or `act` holds something that JSON can't give back as it was: NaN, a resource, text that isn't UTF-8, an integer beyond 2^53. */
final class DataNotJson extends \InvalidArgumentException implements RwtException
{
    /**
     * Says how deep what can't be JSON lies. It names no key and no value, since both may be user data.
     *
     * @param string $option `data`, `meta` or `act`
     * @param mixed  $data   that json_encode refused
     */
    public static function because(string $option, #[\SensitiveParameter] mixed $data): self
    {
        // The facts around meta are a level that nobody wrote.
        $root = $option === 'meta' && is_object($data) ? $data->meta ?? null : $data;
        [$depth, $found] = self::find($root, 0) ?? [0, 'a value that json_encode refuses'];

        return new self("$option must be JSON, but at depth $depth holds $found");
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_DATA_NOT_JSON';
    }

    /** @return array{int, string}|null where it is, and what */
    private static function find(#[\SensitiveParameter] mixed $node, int $depth): ?array
    {
        $found = match (true) {
            is_float($node) && !is_finite($node) => 'the number ' . (is_nan($node) ? 'NaN' : ($node > 0 ? 'Infinity' : '-Infinity')),
            is_int($node) && !Json::isExact($node) => 'an integer beyond 2^53: use text, since other languages can\'t read it exactly',
            is_string($node) && preg_match('//u', $node) !== 1 => 'text that is not UTF-8',
            is_resource($node) => 'a resource',
            Json::isOpaque($node) => 'an object of a class without public properties',
            (is_array($node) || is_object($node)) && $depth === Json::MOST_LEVELS => 'more than ' . Json::MOST_LEVELS . ' levels',
            default => null,
        };
        if ($found !== null || !(is_array($node) || $node instanceof \stdClass)) {
            return $found === null ? null : [$depth, $found];
        }
        foreach ((array) $node as $name => $member) {
            $inside = self::find((string) $name, $depth + 1) ?? self::find($member, $depth + 1);
            if ($inside !== null) {
                return $inside;
            }
        }

        return null;
    }
}
