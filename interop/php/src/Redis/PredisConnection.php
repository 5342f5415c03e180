<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use Predis\Client;
use Predis\ClientInterface;
use Predis\Command\RawCommand;
use Predis\Connection\NodeConnectionInterface;
use Predis\PredisException;
use Predis\Response\ErrorInterface;
use Predis\Response\ServerException;
use Predis\Response\Status;
use RedisWebToken\Exception\StoreUnavailable;

/** Predis. As raw commands, which a client's prefix doesn't touch. */
final class PredisConnection implements Connection
{
    private readonly ClientInterface $client;
    private readonly bool $isOurs;

    /** @param array<string, mixed>|ClientInterface $target where Redis is, or a client of the caller's */
    public function __construct(#[\SensitiveParameter] array|ClientInterface $target)
    {
        $this->isOurs = is_array($target);
        $this->client = is_array($target) ? self::make($target) : $target;
    }

    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        return $this->sendAll([$key], [$args])[0];
    }

    public function sendAll(#[\SensitiveParameter] array $keys, #[\SensitiveParameter] array $commands): array
    {
        $commands = array_map(self::command(...), $commands);
        Pending::begin($this, $this->client->disconnect(...));
        try {
            // Frameworks make exceptions of warnings, such as that of a TLS handshake that fails.
            set_error_handler(static fn (): bool => true);
            $replies = $this->execute($commands);
        } catch (ServerException $error) {
            $unavailable = StoreUnavailable::errorReply($error->getMessage());
        } catch (PredisException $error) {
            $unavailable = StoreUnavailable::clientError($error);
        } catch (\Throwable $interrupt) {
            // Such as by a signal's handler: the late reply, another user's session, must not be that of the next command. A caller's
            // client opens its connection again by itself.
            $this->client->disconnect();
            throw $interrupt;
        } finally {
            restore_error_handler();
            Pending::end($this);
        }
        if (isset($unavailable)) {
            // Nothing may answer the next command with the reply of these.
            $this->close();
            throw $unavailable;
        }

        // Not by array_map, whose arguments the trace of an exception shows.
        $read = [];
        foreach ($replies as $reply) {
            $read[] = self::read($reply);
        }

        return $read;
    }

    public function close(): void
    {
        if ($this->isOurs) {
            $this->client->disconnect();
        }
    }

    /**
     * @param list<RawCommand> $commands
     *
     * @return list<mixed>
     */
    private function execute(#[\SensitiveParameter] array $commands): array
    {
        $connection = $this->client->getConnection();
        if (!$connection instanceof NodeConnectionInterface) {
            return array_map($this->client->executeCommand(...), $commands);
        }
        // All of them before the first reply is read: one round trip.
        foreach ($commands as $command) {
            $connection->writeRequest($command);
        }

        return array_map($connection->readResponse(...), $commands);
    }

    private static function read(#[\SensitiveParameter] mixed $reply): mixed
    {
        if ($reply instanceof ErrorInterface) {
            throw StoreUnavailable::errorReply($reply->getMessage());
        }

        return $reply instanceof Status ? $reply->getPayload() : $reply;
    }

    /** @param list<string> $args */
    private static function command(#[\SensitiveParameter] array $args): RawCommand
    {
        // Predis 1 takes the name with the arguments, later ones apart.
        static $isOne = null;
        $isOne ??= (new \ReflectionMethod(RawCommand::class, '__construct'))->getParameters()[0]->getName() === 'arguments';

        return $isOne ? new RawCommand($args) : new RawCommand($args[0], array_slice($args, 1));
    }

    /** @param array<string, mixed> $target */
    private static function make(#[\SensitiveParameter] array $target): Client
    {
        return new Client(array_filter([
            'scheme' => $target['scheme'],
            'host' => $target['host'],
            'port' => $target['port'],
            'path' => $target['path'],
            'username' => $target['username'],
            'password' => $target['password'],
            'database' => $target['database'] === 0 ? null : $target['database'],
            'timeout' => $target['timeout'],
            'read_write_timeout' => $target['timeout'],
        ], static fn (mixed $value): bool => $value !== null));
    }
}
